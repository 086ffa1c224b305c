/** How a double charge comes about, and how a key keeps it from happening. */
import { CliError, EXIT, ProblemError } from '../exit.ts';
import { pageFrom, paymentFrom } from '../wire.ts';
import { type Body, postJson, type Stage } from './stage.ts';

export async function loseAnswer(stage: Stage, key: string): Promise<string> {
  const { client } = stage;
  const body: Body = {
    amount: 25,
    currency: 'EUR',
    recipient: 'trigger@example.com',
    reference: `trigger-${key}`,
    simulate: { outcome: 'APPROVE', http: { fault: 'drop', when: 'after' } },
  };
  const lost = await answerOrNull(postJson(client, '/payments', body, key));
  if (lost !== null) throw new CliError(EXIT.failed, 'the answer came, though it should be lost');
  const second = await postJson(client, '/payments', body, key);
  const { id } = paymentFrom(second.body);
  stage.watch({ payment_id: id }, undefined);
  await stage.until('payment.succeeded');
  const { body: listed } = await client.get('/payments', { reference: `trigger-${key}` });
  const made = pageFrom(listed, paymentFrom).items;
  if (second.headers.get('idempotent-replayed') !== 'true' || made.length !== 1) {
    throw new CliError(
      EXIT.failed,
      `there are ${made.length} payments, though the key was the same`,
    );
  }
  return `No answer came to the first request; the second, with the same Idempotency-Key, got it: ${id}. There is one payment.`;
}

/** Null when the connection was closed without one. */
async function answerOrNull<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    const isLost = error instanceof CliError && error.exitCode === EXIT.unreachable;
    if (!isLost || error instanceof ProblemError) throw error;
    return null;
  }
}
