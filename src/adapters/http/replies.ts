/** From what the engine decided to what is sent: status and bytes. The same bytes are stored under an idempotency key. */
import type { Payment } from '../../core/payment.ts';
import type {
  CommandRequest,
  DecidedReply,
  RefusedReply,
  StoredBytes,
} from '../../engine/ports.ts';
import { problemBody, problemOf, PROBLEMS } from './problems.ts';

/** Makes the engine's `renderReply` port; `publish` is a payment's public JSON text. */
export function replyRenderer(publish: (payment: Payment) => string) {
  return (reply: DecidedReply | RefusedReply, request: CommandRequest): StoredBytes => {
    if (reply.kind === 'decided') {
      const status = request.command.type === 'create_payment' ? 201 : 200;
      return { status, body: publish(reply.payment) };
    }
    const { requestId, path } = request.origin;
    const problem = problemOf(reply.rejection);
    return {
      status: PROBLEMS[problem.code].status,
      body: problemBody(problem, { instance: path, requestId }),
    };
  };
}
