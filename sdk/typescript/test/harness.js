// Shared by the tests. internal/e2e/sdk_typescript_test.go starts the server and sets the variables.
import { createServer } from "node:http";
import { once } from "node:events";

/** setting returns the value of a required variable. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests are run by go test ./internal/e2e`);
  return value;
}

/** thrown returns the error that the call throws. */
export async function thrown(promise) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`nothing was thrown, but ${JSON.stringify(answer)} returned`);
}

/**
 * answering starts a server that answers the first request with the first answer, and so on, and then repeats the last one.
 * An answer is {status, headers, body}, or "reset", or a function that is called with the response.
 */
export async function answering(t, ...answers) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    const seen = { method: request.method, path: request.url, headers: request.headers, body: "" };
    requests.push(seen);
    for await (const chunk of request) seen.body += chunk;
    if (answer === "reset") return request.socket.resetAndDestroy();
    if (typeof answer === "function") return answer(response);
    response.writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseURL: `http://127.0.0.1:${server.address().port}`, requests };
}
