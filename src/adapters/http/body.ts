/** Reading bodies: JSON only, by the strict parser, with the exact text of every number kept beside the request. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problems.ts';
import { canonicalJson } from './canonical-json.ts';
import { type ParsedJson, parseStrictJson } from './strict-json.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was read; null when there is none. */
    parsedJson: ParsedJson | null;
  }
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Takes the place of Fastify's own body parsers. */
export function registerBodyParser(app: FastifyInstance): void {
  app.decorateRequest('parsedJson', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i,
    { parseAs: 'buffer' },
    (request, body, done) => {
      // An empty body is no body: many clients send the header with every POST.
      if (body.length === 0) return done(null, undefined);
      request.sentBody = body;
      const parsed = parseStrictJson(body);
      if (!parsed.ok) {
        const { code, detail, pointer } = parsed.fault;
        const errors = [{ pointer, code, detail }];
        return done(new Problem(code, detail, { errors }), undefined);
      }
      request.parsedJson = parsed.value;
      return done(null, parsed.value.value);
    },
  );
}

/** The exact texts of the numbers in a request's body, by JSON pointer. */
export function numberTexts(request: FastifyRequest): ReadonlyMap<string, string> {
  return request.parsedJson?.numbers ?? NONE;
}

/** The body in one form, whatever its white space and order of keys; empty for no body. */
export function canonicalBody(request: FastifyRequest): string {
  return request.parsedJson === null ? '' : canonicalJson(request.parsedJson);
}
