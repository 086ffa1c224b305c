/** The rules that decide payments: read, and replaced while it runs. */
import type { FastifyInstance } from 'fastify';
import { change } from '../change.ts';
import type { HttpDeps } from '../deps.ts';
import { operation } from '../operation.ts';
import { RulesRequestSchema, RulesSchema } from '../rules-schemas.ts';
import { problemOfFaults } from '../validation.ts';

export function rulesRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get(
    '/rules',
    {
      schema: operation('getRules', 'Simulation', 'The rules that decide payments', {
        response: { 200: RulesSchema },
      }),
    },
    async () => deps.engine.controls.current.rules.document,
  );

  app.put(
    '/rules',
    {
      schema: operation('putRules', 'Simulation', 'Replace the rules', {
        body: RulesRequestSchema,
        response: { 200: RulesSchema },
        problems: ['invalid_rules'],
      }),
      // One judge of a document: the schema describes it, and would refuse the same in other words.
      validatorCompiler: () => () => true,
    },
    async (request) => {
      const compiled = deps.compileRules(request.body);
      if (!compiled.ok) throw problemOfFaults('invalid_rules', compiled.faults);
      return change(deps, request, { type: 'change_rules', rules: compiled.rules });
    },
  );
}
