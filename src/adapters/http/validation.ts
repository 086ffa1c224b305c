/** Ajv, set up so that nothing is guessed, and its errors as faults that say what was expected. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import { maskCardNumbers } from '../../core/card.ts';
import { nearest } from '../../core/nearest.ts';
import { type FieldFault, Problem, type ProblemCode } from './problems.ts';

const OPTIONS = {
  allErrors: true,
  useDefaults: true,
  removeAdditional: false,
  strict: false,
  // Unknown fields and enums are answered with suggestions, which need the schema at hand.
  verbose: true,
  formats: { uuid: true, 'date-time': isDateTime },
} as const;

/** More faults than this help nobody. */
const FAULTS_MAX = 20;

/** Bodies are taken as they are; query strings are text by nature, so that numbers in them are read. */
export function validatorCompiler(): FastifySchemaCompiler<object> {
  const exact = new Ajv({ ...OPTIONS, coerceTypes: false });
  const lenient = new Ajv({ ...OPTIONS, coerceTypes: true });
  return ({ schema, httpPart }) =>
    whenFirstUsed(() => (httpPart === 'body' ? exact : lenient).compile(schema));
}

/** The same check for a body that no route was sent: throws the problem for one that does not fit. */
export function bodyCheck(schema: object): (body: unknown) => void {
  const exact = new Ajv({ ...OPTIONS, coerceTypes: false });
  const validate = whenFirstUsed(() => exact.compile(schema));
  return (body) => {
    if (!validate(body)) throw validationProblem(validate.errors ?? [], 'body');
  };
}

/** Most routes are never asked in the life of a process: to compile all of them would be a tenth of its memory. */
function whenFirstUsed(compile: () => ValidateFunction): Validate {
  let compiled: ValidateFunction | null = null;
  const validate: Validate = (value) => {
    compiled ??= compile();
    const isValid = compiled(value);
    validate.errors = compiled.errors ?? null;
    return isValid;
  };
  return validate;
}

/** As Fastify takes it: what was wrong stands in `errors` after a false. */
interface Validate {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/** RFC 3339 with a zone; without one the time would be a guess. */
function isDateTime(text: string): boolean {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/i;
  if (!form.test(text) || Number.isNaN(Date.parse(text))) return false;
  // Date.parse takes the 30th of February for the 2nd of March.
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** The problem for what Ajv found in a body or a query string. */
export function validationProblem(errors: readonly ErrorObject[], part: string): Problem {
  const faults = errors.slice(0, FAULTS_MAX).map((error) => faultOf(error, part));
  return problemOfFaults('validation_failed', faults, part === 'querystring' ? 'query' : part);
}

/** The problem that lists these faults; `where` names the whole that a fault without a pointer is about. */
export function problemOfFaults(
  code: ProblemCode,
  faults: readonly FieldFault[],
  where = 'body',
): Problem {
  const [first] = faults;
  const summary =
    first === undefined
      ? `The ${where} does not fit.`
      : `${first.pointer === '' ? `The ${where}` : first.pointer}: ${sentence(first.detail)}`;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more, see errors)` : '';
  return new Problem(code, summary + more, { errors: faults });
}

/** A detail may be a question at its end. */
function sentence(detail: string): string {
  return detail.endsWith('?') ? detail : `${detail}.`;
}

function faultOf(error: ErrorObject, part: string): FieldFault {
  const field = fieldOf(error);
  const path = error.instancePath + (field === null ? '' : `/${escape(field)}`);
  const pointer = maskCardNumbers(part === 'querystring' ? `?${path.slice(1)}` : path);
  return { pointer, code: codeOf(error), detail: detailOf(error) };
}

/** The field an error of an object is really about: one that lacks or should not be there. */
function fieldOf({ keyword, params }: ErrorObject): string | null {
  if (keyword === 'required') return String(params['missingProperty']);
  if (keyword !== 'additionalProperties') return null;
  return printable(String(params['additionalProperty']));
}

function codeOf({ keyword }: ErrorObject): string {
  const codes: Readonly<Record<string, string>> = {
    required: 'missing_field',
    additionalProperties: 'unknown_field',
    type: 'wrong_type',
    enum: 'not_one_of',
    format: 'wrong_format',
    pattern: 'wrong_format',
    maxLength: 'too_long',
    minLength: 'too_short',
  };
  return codes[keyword] ?? 'out_of_range';
}

/** Never names the offending value: it could be a card number. */
function detailOf(error: ErrorObject): string {
  const { keyword, params, message, parentSchema } = error;
  if (keyword === 'required') return 'is needed';
  if (keyword === 'type') return `must be ${typeName(params['type'])}`;
  if (keyword === 'format')
    return 'must be an RFC 3339 time with a zone, like 2026-02-26T10:00:00Z';
  if (keyword === 'enum') {
    const allowed: unknown[] = Array.isArray(params['allowedValues'])
      ? params['allowedValues']
      : [];
    return expectedOneOf(
      allowed.filter((value) => typeof value === 'string'),
      error.data,
    );
  }
  if (keyword === 'additionalProperties') {
    const known = Object.keys(propertiesOf(parentSchema));
    const suggestion = nearest(String(params['additionalProperty']), known);
    if (suggestion !== null) return `is no field here; did you mean ${suggestion}?`;
    return known.length === 0
      ? 'is no field here; none is'
      : `is no field here; there are ${known.join(', ')}`;
  }
  return message ?? 'does not fit';
}

/** Names what was probably meant, or all there is; never what was sent. */
function expectedOneOf(allowed: readonly string[], sent: unknown): string {
  const suggestion = typeof sent === 'string' ? nearest(sent, allowed) : null;
  const all = `must be one of ${allowed.join(', ')}`;
  return suggestion === null ? all : `${all}; did you mean ${suggestion}?`;
}

function typeName(type: unknown): string {
  const names = (Array.isArray(type) ? type : [type]).map(String).filter((name) => name !== 'null');
  const [name = 'another type'] = names;
  if (names.length > 1) return `one of ${names.join(', ')}`;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function propertiesOf(schema: unknown): object {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return {};
  return typeof schema.properties === 'object' && schema.properties !== null
    ? schema.properties
    : {};
}

/** A field name that may be echoed: short, and without digits enough to be a card number. */
function printable(name: string): string {
  return name.length <= 40 && !/\d{6}/.test(name.replace(/[ -]/g, '')) ? name : '(unprintable)';
}

function escape(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
