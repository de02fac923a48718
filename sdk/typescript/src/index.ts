export { createClient } from "./client.js";
export type { Call, Client, ClientOptions, Credential, Result } from "./client.js";
export {
  AltaError, ConflictError, ConnectionError, ForbiddenError, InsufficientTokensError, InvalidResponseError, NotFoundError,
  PreconditionFailedError, RateLimitedError, UnauthorizedError, UnavailableError, ValidationError,
} from "./errors.js";
export type { ErrorBody, ErrorCode, FieldError } from "./errors.js";
export type { Tokens } from "./headers.js";
export type { Fetch, Retries } from "./retry.js";
export type { components, operations, paths } from "./schema.js";
