import type { ParseAs } from "openapi-fetch";
import { InvalidResponseError } from "./errors.js";

const bodiless = new Set([204, 205, 304]);

/**
 * readAs returns a function that reads the whole body of a response, so that a body that breaks off fails the attempt. It returns a
 * response whose body is at hand. If JSON is promised and the body is none, it throws an {@link InvalidResponseError}. A stream is left
 * to the caller.
 */
export function readAs(parseAs: ParseAs = "json"): (response: Response) => Promise<Response> {
  return async (response) => {
    if (parseAs === "stream" || !response.body || bodiless.has(response.status)) return response;
    const content = await response.arrayBuffer();
    const { status, statusText, headers, url } = response;
    if (response.ok && parseAs === "json") {
      const text = new TextDecoder().decode(content);
      if (!isDocument(text)) throw new InvalidResponseError(new Response(null, { status, statusText, headers }), text);
    }
    return Object.defineProperty(new Response(content, { status, statusText, headers }), "url", { value: url });
  };
}

/** isDocument reports whether the text is a JSON object or list, as all answers of the contract are. */
function isDocument(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
