import createFetchClient from "openapi-fetch";
import type {
  Client as FetchClient, ClientPathsWithMethod, FetchResponse, MaybeOptionalInit, Middleware, ParseAs,
} from "openapi-fetch";
import { readAs } from "./body.js";
import { errorOf } from "./errors.js";
import { etagOf, idempotencyKey, requestIDOf, tokensOf, type Tokens } from "./headers.js";
import { keyed, parsedAs } from "./operations.js";
import { withRetries, type Fetch, type Retries } from "./retry.js";
import type { paths } from "./schema.js";

/** The credential: an API key, the token of a session, or none, for operations that are open to everyone. */
export type Credential = { apiKey: string; token?: never } | { token: string; apiKey?: never } | { apiKey?: never; token?: never };

/** The options of {@link createClient}. */
export type ClientOptions = Credential & Partial<Retries> & {
  /** The URL of the server, such as "https://alta.example.com". */
  baseURL: string;
  /** Makes the calls instead of the fetch of Node.js or the browser. */
  fetch?: Fetch;
  /** Whether a browser sends cookies. The default is "omit" with an API key or a token, so that no other session is sent with it. */
  credentials?: NonNullable<RequestInit["credentials"]>; // the types of Node.js have no name for it
};

/** The response to a successful call. */
export interface Result<Data> {
  data: Data;
  /** Status and headers. The body has been read, unless `parseAs` is "stream". */
  response: Response;
  /** The ID of the call. */
  requestID: string | undefined;
  /** The entity tag of the resource in the response, to send as `If-Match` with a change or a deletion. */
  etag: string | undefined;
  /** The tokens that a call with an API key cost, and the balance. */
  tokens: Tokens | undefined;
}

type Method = "get" | "put" | "post" | "delete" | "patch";
type MediaType = `${string}/${string}`;
type RequiredKeys<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? never : K }[keyof T];
type InitArguments<Init> = [RequiredKeys<Init>] extends [never] ? [init?: Init] : [init: Init];
type AnswerTo<Operation, Init> = Operation extends Record<string | number, unknown> ? FetchResponse<Operation, Init, MediaType> : never;
type Parsed<Name, Init> = Init extends { parseAs: ParseAs }
  ? Init
  : Name extends keyof typeof parsedAs ? { parseAs: (typeof parsedAs)[Name] } : Init;
type DataOf<Answer> = Answer extends { data: infer Data; error?: never } ? Data : never;

/** Call makes a call. If it fails, it throws an AltaError, a ConnectionError or an InvalidResponseError. */
export type Call<M extends Method> = <
  Path extends ClientPathsWithMethod<FetchClient<paths>, M>,
  Init extends MaybeOptionalInit<paths[Path], M>,
>(
  path: Path,
  ...init: InitArguments<Init>
) => Promise<Result<DataOf<AnswerTo<paths[Path][M], Parsed<`${Uppercase<M>} ${Path}`, Init>>>>>;

/** A client of Alta, with a function for each HTTP method. The contract gives the types of the paths. */
export interface Client {
  GET: Call<"get">;
  PUT: Call<"put">;
  POST: Call<"post">;
  DELETE: Call<"delete">;
  PATCH: Call<"patch">;
  /** Adds middleware of openapi-fetch. It sees each call once, whatever the number of attempts. */
  use(...middleware: Middleware[]): void;
}

/** createClient returns a client. It throws a TypeError for invalid options. */
export function createClient(options: ClientOptions): Client {
  const { baseURL, fetch = globalThis.fetch, retries = 3, maxWait = 30 } = options;
  checkRetries({ retries, maxWait });
  const headers = credentialHeaders(options);
  const isOpen = Object.keys(headers).length === 0;
  const client = createFetchClient<paths>({
    baseUrl: checkedURL(baseURL),
    headers,
    credentials: options.credentials ?? (isOpen ? "same-origin" : "omit"),
    redirect: "manual", // the target of a redirection must not get the key
  });
  const fetchAs = (parseAs?: ParseAs) => withRetries((request) => fetch(request), { retries, maxWait }, readAs(parseAs));
  client.use({ onRequest: setIdempotencyKey });
  const call = (method: Uppercase<Method>) => (path: string, init?: { parseAs?: ParseAs }) => succeed(client, fetchAs, method, path, init);
  return {
    GET: call("GET"),
    PUT: call("PUT"),
    POST: call("POST"),
    DELETE: call("DELETE"),
    PATCH: call("PATCH"),
    use: (...middleware) => client.use(...middleware),
  } as Client;
}

async function succeed(
  client: FetchClient<paths>, fetchAs: (parseAs?: ParseAs) => Fetch, method: Uppercase<Method>, path: string,
  init?: { parseAs?: ParseAs },
): Promise<Result<unknown>> {
  const operation = `${method} ${path}`;
  const parseAs = init?.parseAs ?? (parsedAs as Partial<Record<string, ParseAs>>)[operation];
  const request = client.request as (...call: unknown[]) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
  const { data, error, response } = await request(method, path, { fetch: fetchAs(parseAs), ...init, ...(parseAs && { parseAs }) });
  if (!response.ok) throw errorOf({ operation, response, body: error });
  return { data, response, requestID: requestIDOf(response.headers), etag: etagOf(response.headers), tokens: tokensOf(response.headers) };
}

const setIdempotencyKey: NonNullable<Middleware["onRequest"]> = ({ request, schemaPath }) => {
  if (keyed.has(`${request.method} ${schemaPath}`) && !request.headers.has(idempotencyKey)) {
    request.headers.set(idempotencyKey, uniqueKey());
  }
};

/** Node.js 18 and browsers on insecure pages have no randomUUID. A key only has to differ from the caller's other keys. */
function uniqueKey(): string {
  const piece = () => Math.random().toString(36).slice(2);
  return globalThis.crypto?.randomUUID?.() ?? [piece(), piece(), piece(), piece()].join("-");
}

function credentialHeaders({ apiKey, token }: ClientOptions): Record<string, string> {
  if (apiKey !== undefined && token !== undefined) throw new TypeError("give apiKey or token, not both");
  if (apiKey !== undefined) return { "X-API-Key": checkedSecret("apiKey", apiKey) };
  if (token !== undefined) return { Authorization: `Bearer ${checkedSecret("token", token)}` };
  return {};
}

/** checkedSecret refuses a secret that is not valid in a header. The error of fetch would quote it. */
function checkedSecret(name: string, secret: string): string {
  if (typeof secret !== "string" || !/^[!-~]+$/.test(secret)) {
    throw new TypeError(`${name} has to be text of visible ASCII characters`);
  }
  return secret;
}

function checkedURL(baseURL: string): string {
  let url: URL | undefined;
  try {
    url = new URL(baseURL);
  } catch {
    // handled below
  }
  // The parts of a URL are empty for a bare "?", "#" or "@", to which paths would be appended.
  if (!url || !/^https?:$/.test(url.protocol) || /[?#]/.test(baseURL) || /^[^/]*\/\/[^/]*@/.test(baseURL)) {
    throw new TypeError("baseURL has to be an absolute http or https URL without credentials, query and fragment");
  }
  return url.href;
}

function checkRetries({ retries, maxWait }: Retries): void {
  if (!Number.isInteger(retries) || retries < 0) throw new TypeError("retries has to be a whole number, 0 or more");
  if (!(maxWait >= 0 && maxWait <= 86_400)) throw new TypeError("maxWait has to be seconds, 0 to a day");
}
