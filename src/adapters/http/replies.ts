/** From what the engine decided to what is sent: status and bytes. The same bytes are stored under an idempotency key. */
import type { Payment } from '../../core/payment.ts';
import type {
  CommandRequest,
  DecidedReply,
  RefusedReply,
  StoredBytes,
} from '../../engine/ports.ts';
import { authorizationText } from './authorization.ts';
import { problemBody, problemOf, PROBLEMS } from './problems.ts';

/** Makes the engine's `renderReply` port; `publish` is a payment's public JSON text. */
export function replyRenderer(publish: (payment: Payment) => string) {
  return (reply: DecidedReply | RefusedReply, request: CommandRequest): StoredBytes => {
    if (reply.kind === 'refused') return refusal(reply, request);
    const { type } = request.command;
    if (type === 'authorize_card') return { status: 201, body: authorizationText(reply) };
    return { status: type === 'create_payment' ? 201 : 200, body: publish(reply.payment) };
  };
}

function refusal({ rejection }: RefusedReply, { origin }: CommandRequest): StoredBytes {
  const problem = problemOf(rejection);
  return {
    status: PROBLEMS[problem.code].status,
    body: problemBody(problem, { instance: origin.path, requestId: origin.requestId }),
  };
}
