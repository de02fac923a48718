import { errorCodeOf, requestIDOf, secondsToWait, tokensOf, type Tokens } from "./headers.js";
import type { components } from "./schema.js";

/** The kind of an error. New codes may be added: treat a code that you do not know by its status. */
export type ErrorCode = components["schemas"]["ErrorCode"] | (string & {});

/** A rule that the request broke. At the app door, only the message names the field. */
export interface FieldError {
  field?: string;
  message: string;
}

/** The body of an error, at either door. */
export type ErrorBody = Partial<Omit<components["schemas"]["Failure"], "message"> & components["schemas"]["AppError"]>;

/** A failed response, from which an error is made. */
export interface Answer {
  /** The operation, say "POST /api/accounts/{id}/deposit". */
  operation: string;
  response: Response;
  body: unknown;
}

/** AltaError is a response that is not a success. Its message is the server's. */
export class AltaError extends Error {
  /** The name of the class. Bundlers may shorten that of the class itself. */
  override readonly name: string = "AltaError";
  /** The HTTP status. */
  readonly status: number;
  /** The kind of error. It is undefined if the response is not from Alta. */
  readonly code: ErrorCode | undefined;
  /** The ID of the call, to quote when you report a problem. */
  readonly requestID: string | undefined;
  /** The rules that the request broke. */
  readonly errors: readonly FieldError[];
  /** The tokens that the call cost, if it was billed. */
  readonly tokens: Tokens | undefined;
  /** The operation, say "POST /api/accounts/{id}/deposit". */
  readonly operation: string;
  readonly headers: Headers;
  /** The body: parsed if it is JSON, otherwise its text. */
  readonly body: unknown;

  constructor({ operation, response, body }: Answer) {
    const content = bodyOf(body);
    const rules = Array.isArray(content.message) ? content.message : [];
    super((rules[0] ?? String(content.message ?? "")) || `${operation} was answered ${response.status}`);
    this.status = response.status;
    this.code = content.code ?? errorCodeOf(response.headers);
    this.requestID = content.request_id ?? requestIDOf(response.headers);
    this.errors = content.errors ?? rules.map((message) => ({ message }));
    this.tokens = tokensOf(response.headers);
    this.operation = operation;
    this.headers = response.headers;
    this.body = body;
  }
}

/** ValidationError is 400 for a request that breaks rules of the contract. `errors` has each of them. */
export class ValidationError extends AltaError {
  override readonly name = "ValidationError";
}

/** UnauthorizedError is 401: there is no credential, or it is not valid (any more). */
export class UnauthorizedError extends AltaError {
  override readonly name = "UnauthorizedError";
}

/** InsufficientTokensError is 402. No tokens were taken. */
export class InsufficientTokensError extends AltaError {
  override readonly name = "InsufficientTokensError";
  readonly currentBalance: number | undefined;
  readonly requiredCost: number | undefined;
  readonly nextRefillAt: Date | undefined;
  readonly plan: string | undefined;
  readonly upgradeURL: string | undefined;

  constructor(answer: Answer) {
    super(answer);
    const content = bodyOf(answer.body);
    this.currentBalance = content.current_balance;
    this.requiredCost = content.required_cost;
    this.nextRefillAt = content.next_refill_at === undefined ? undefined : new Date(content.next_refill_at);
    this.plan = content.plan;
    this.upgradeURL = content.upgrade_url;
  }
}

/** ForbiddenError is 403: the credential is valid, but not for this operation. */
export class ForbiddenError extends AltaError {
  override readonly name = "ForbiddenError";
}

/** NotFoundError is 404: the resource does not exist, or it belongs to another user. */
export class NotFoundError extends AltaError {
  override readonly name = "NotFoundError";
}

/** ConflictError is 409: the request conflicts with existing data. */
export class ConflictError extends AltaError {
  override readonly name = "ConflictError";
}

/** PreconditionFailedError is 412: the resource no longer has the entity tag in `If-Match`. Nothing was changed. */
export class PreconditionFailedError extends AltaError {
  override readonly name = "PreconditionFailedError";
}

/** RateLimitedError is 429: there were too many calls, or too many failed log-ins. */
export class RateLimitedError extends AltaError {
  override readonly name = "RateLimitedError";
  /** The seconds to wait before another attempt. */
  readonly retryAfter = secondsToWait(this.headers);
}

/** UnavailableError is 503: the server is too busy, or stopping. */
export class UnavailableError extends AltaError {
  override readonly name = "UnavailableError";
  /** The seconds to wait before another attempt. */
  readonly retryAfter = secondsToWait(this.headers);
}

/** ConnectionError is a call without a whole response. Its cause is the error of fetch, or of the body, in the last attempt. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** The number of attempts. */
  readonly tries: number;

  constructor(tries: number, cause: unknown) {
    super(`no answer after ${tries} ${tries === 1 ? "try" : "tries"}`, { cause });
    this.tries = tries;
  }
}

/** InvalidResponseError is a success whose body is not the JSON that the contract promises, from a proxy for example. */
export class InvalidResponseError extends Error {
  override readonly name = "InvalidResponseError";
  /** Status and headers. */
  readonly response: Response;
  /** The ID of the call, if it has reached Alta. */
  readonly requestID: string | undefined;
  /** The text of the body. */
  readonly body: string;

  constructor(response: Response, body: string) {
    super(`the body of the answer ${response.status} is not the JSON that was promised`);
    this.response = response;
    this.requestID = requestIDOf(response.headers);
    this.body = body;
  }
}

const classes: Record<number, typeof AltaError> = {
  401: UnauthorizedError,
  402: InsufficientTokensError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  412: PreconditionFailedError,
  429: RateLimitedError,
  503: UnavailableError,
};

/** errorOf returns the error for a response that is not a success. */
export function errorOf(answer: Answer): AltaError {
  const error = new (classes[answer.response.status] ?? AltaError)(answer);
  return error.status === 400 && error.errors.length > 0 ? new ValidationError(answer) : error;
}

/** bodyOf returns the body of an error. A body that is not JSON, such as a proxy's, counts as empty. */
function bodyOf(body: unknown): ErrorBody {
  return typeof body === "object" && body !== null ? body : {};
}
