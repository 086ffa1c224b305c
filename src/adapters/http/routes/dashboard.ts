/**
 * The dashboard: files that were built beforehand, read once when the server starts and given out from memory, so that
 * a build in the meantime changes nothing and no path leads anywhere else. Every address below /demo that is no file is
 * one of its pages.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problems.ts';

const PAGE = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The names of these files hold a hash of what is in them. */
const HASHED = 'assets/';
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** Nothing from elsewhere and no script inside a page: what a payment's texts say cannot become code. */
const CONTENT_SECURITY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

interface DashboardFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** Made when the first client wants it. */
  compressed: Promise<Buffer> | null;
}

type Files = ReadonlyMap<string, DashboardFile>;

const compress = promisify(gzip);

/** Whether there is a dashboard in this folder. */
export function hasDashboard(folder: string | undefined): folder is string {
  return folder !== undefined && existsSync(path.join(folder, PAGE));
}

/** Adds /demo; the scope must have helmet. */
export function dashboardRoutes(app: FastifyInstance, folder: string): void {
  const files = readFiles(folder);
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const { '*': name = '' } = request.params as { '*'?: string };
    const file = files.get(name);
    if (file !== undefined && name !== PAGE) return send(request, reply, file, name);
    const page = files.get(PAGE);
    if (page === undefined || path.extname(name) !== '') {
      throw new Problem('not_found', 'The dashboard has no such file; its pages begin at /demo.');
    }
    reply.helmet({ contentSecurityPolicy: CONTENT_SECURITY });
    return send(request, reply, page, PAGE);
  };
  app.get('/demo', { schema: { hide: true } }, answer);
  app.get('/demo/*', { schema: { hide: true } }, answer);
}

function readFiles(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && path.extname(entry.name) in TYPES);
  return new Map(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const bytes = readFileSync(file);
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      const type = TYPES[path.extname(entry.name)] ?? 'application/octet-stream';
      const name = path.relative(folder, file).split(path.sep).join('/');
      return [name, { type, bytes, etag, compressed: null }];
    }),
  );
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  file: DashboardFile,
  name: string,
): Promise<FastifyReply> {
  reply
    .header('cache-control', name.startsWith(HASHED) ? IMMUTABLE : 'no-cache')
    .header('etag', file.etag)
    .header('vary', 'accept-encoding')
    .type(file.type);
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(file.bytes);
  file.compressed ??= compress(file.bytes);
  return reply.header('content-encoding', 'gzip').send(await file.compressed);
}
