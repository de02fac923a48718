import { requestIDOf, secondsToWait, tokensOf, type Tokens } from "./headers.js";
import type { components } from "./schema.js";

/** The API door's names for kinds of errors. The list grows: take one that you do not know for what its status says. */
export type ErrorCode = components["schemas"]["ErrorCode"] | (string & {});

/** A rule that a field of the request broke. The app door says the rule only. */
export interface FieldError {
  field?: string;
  message: string;
}

/** The body of an error, at either door. */
export type ErrorBody = Partial<Omit<components["schemas"]["Error"], "message"> & components["schemas"]["AppError"]>;

/** What an error is made of. */
export interface Answer {
  /** The operation, say "POST /api/accounts/{id}/deposit". */
  operation: string;
  response: Response;
  body: unknown;
}

/** AltaError is an answer that is no success. Its message is the server's. */
export class AltaError extends Error {
  /** The name of the class, which bundlers may shorten. */
  override readonly name: string = "AltaError";
  /** The HTTP status. */
  readonly status: number;
  /** The kind of error. The app door does not say it. */
  readonly code: ErrorCode | undefined;
  /** The id of the call. Quote it when you report a problem. */
  readonly requestID: string | undefined;
  /** The rules that the request broke, if it is that. */
  readonly errors: readonly FieldError[];
  /** What the call took, if it was billed. */
  readonly tokens: Tokens | undefined;
  /** The operation, say "POST /api/accounts/{id}/deposit". */
  readonly operation: string;
  readonly headers: Headers;
  /** The body: parsed where it is JSON, else its text. */
  readonly body: unknown;

  constructor({ operation, response, body }: Answer) {
    const said = bodyOf(body);
    const rules = Array.isArray(said.message) ? said.message : [];
    super((rules[0] ?? String(said.message ?? "")) || `${operation} was answered ${response.status}`);
    this.status = response.status;
    this.code = said.code;
    this.requestID = said.request_id ?? requestIDOf(response.headers);
    this.errors = said.errors ?? rules.map((message) => ({ message }));
    this.tokens = tokensOf(response.headers);
    this.operation = operation;
    this.headers = response.headers;
    this.body = body;
  }
}

/** ValidationError is 400 for a request that breaks the contract's rules: `errors` has each of them. */
export class ValidationError extends AltaError {
  override readonly name = "ValidationError";
}

/** UnauthorizedError is 401: no credential, or one that is not good (any more). */
export class UnauthorizedError extends AltaError {
  override readonly name = "UnauthorizedError";
}

/** InsufficientTokensError is 402. Nothing was taken. */
export class InsufficientTokensError extends AltaError {
  override readonly name = "InsufficientTokensError";
  readonly currentBalance: number | undefined;
  readonly requiredCost: number | undefined;
  readonly nextRefillAt: Date | undefined;
  readonly plan: string | undefined;
  readonly upgradeURL: string | undefined;

  constructor(answer: Answer) {
    super(answer);
    const said = bodyOf(answer.body);
    this.currentBalance = said.current_balance;
    this.requiredCost = said.required_cost;
    this.nextRefillAt = said.next_refill_at === undefined ? undefined : new Date(said.next_refill_at);
    this.plan = said.plan;
    this.upgradeURL = said.upgrade_url;
  }
}

/** ForbiddenError is 403: the credential is good, but not for this. */
export class ForbiddenError extends AltaError {
  override readonly name = "ForbiddenError";
}

/** NotFoundError is 404: there is none, or it is somebody else's. */
export class NotFoundError extends AltaError {
  override readonly name = "NotFoundError";
}

/** ConflictError is 409: there is such a one already. */
export class ConflictError extends AltaError {
  override readonly name = "ConflictError";
}

/** RateLimitedError is 429: too many calls, or too many failed log-ins. */
export class RateLimitedError extends AltaError {
  override readonly name = "RateLimitedError";
  /** After how many seconds to try again. */
  readonly retryAfter = secondsToWait(this.headers);
}

/** UnavailableError is 503: too busy, or stopping. */
export class UnavailableError extends AltaError {
  override readonly name = "UnavailableError";
  /** After how many seconds to try again. */
  readonly retryAfter = secondsToWait(this.headers);
}

/** ConnectionError is a call without an answer. Its cause is what fetch said of the last try. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** How often the call was tried. */
  readonly tries: number;

  constructor(tries: number, cause: unknown) {
    super(`no answer after ${tries} ${tries === 1 ? "try" : "tries"}`, { cause });
    this.tries = tries;
  }
}

const classes: Record<number, typeof AltaError> = {
  401: UnauthorizedError,
  402: InsufficientTokensError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  429: RateLimitedError,
  503: UnavailableError,
};

/** errorOf returns the error of an answer that is no success. */
export function errorOf(answer: Answer): AltaError {
  const error = new (classes[answer.response.status] ?? AltaError)(answer);
  return error.status === 400 && error.errors.length > 0 ? new ValidationError(answer) : error;
}

/** bodyOf takes what a proxy may have answered for an error that says nothing. */
function bodyOf(body: unknown): ErrorBody {
  return typeof body === "object" && body !== null ? body : {};
}
