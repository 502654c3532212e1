// Asks a Clew server for a trace, follows it to its end, says where the coins
// lie, and saves the exits as CSV. Needs node 18 and no packages: node 22.18 and
// newer run it as it is, older ones after "esbuild quickstart.ts".
//
//   CLEW_KEY=$(clew user key quickstart --scope read,write) node quickstart.ts bitcoin TXID:VOUT exits.csv

import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";

const url = process.env["CLEW_URL"] ?? "http://127.0.0.1:8420";
const key = process.env["CLEW_KEY"] ?? "";
const triesMax = 8;

// The parts of the OpenAPI document that are used here; openapi-typescript
// makes types of all of it.
type Chain = { alias: string; tip: { height: number } | null };
type Run = { id: string; status: string; error: { detail: string } | null };
// Amounts are integers in base units, as text: BigInt takes them, Number loses digits.
type Policy = { absorbers?: { kind: string; amount: string }[]; sum?: string };
type Result = { theft: string; result_digest: string; input: { params: { policies: string[] } }; policies: Record<string, Policy> };

// A Problem is how the server says that something is wrong (RFC 9457). Branch
// on code: detail is for people. The operator finds request_id in the log.
type Said = { detail?: string; code?: string; request_id?: string };

class Problem extends Error {
  status: number;
  code: string;
  constructor(status: number, said: Said) {
    super(`${said.detail ?? "error"} (${status} ${said.code ?? ""}, request ${said.request_id ?? "unknown"})`);
    this.status = status;
    this.code = said.code ?? "";
  }
  // passes says whether it goes away by waiting.
  passes(): boolean {
    return [429, 502, 503, 504].includes(this.status) || this.code === "pending";
  }
}

const sleep = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));

// send sends a request until it is answered and read. All requests here may be
// sent again: they read, or carry an Idempotency-Key.
async function send<T>(path: string, init: RequestInit, read: (answer: Response) => Promise<T>): Promise<T> {
  for (let left = triesMax - 1; ; left--) {
    let wait = 1;
    try {
      const answer = await fetch(url + path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${key}` } });
      if (answer.ok) return await read(answer);
      const after = Number(answer.headers.get("Retry-After") ?? "1");
      if (after >= 0 && after <= 60) wait = after;
      // A proxy's error page is no problem+json: its status will do.
      throw new Problem(answer.status, (await answer.json().catch(() => ({}))) as Said);
    } catch (e) {
      const passes = e instanceof Problem ? e.passes() : e instanceof TypeError; // fetch throws TypeErrors where a connection was lost
      if (!passes || left === 0) throw e;
    }
    await sleep(wait);
  }
}

const read = <T>(path: string): Promise<T> => send(path, {}, async (answer) => (await answer.json()) as T);

// events reads one stream of events (HTML standard, 9.2); it returns the last id.
async function events(trace: string, last: string): Promise<string> {
  const tell = (line: string): void => {
    if (line.startsWith("id: ")) last = line.slice(4);
    if (line.startsWith("data: ")) console.error(" ", line.slice(6));
  };
  return send(`/v1/traces/${trace}/events`, { headers: { "Last-Event-ID": last } }, async (answer) => {
    const text = new TextDecoder();
    let rest = "";
    try {
      for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
        const lines = (rest + text.decode(part, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(tell);
      }
    } catch {
      // Broken off or not: the caller looks at the trace.
    }
    return last;
  });
}

// follow tells events until the trace has ended. A stream that breaks goes on
// behind the last event that came; what counts is the status of the trace.
async function follow(trace: string): Promise<Run> {
  for (let last = ""; ; await sleep(1)) {
    last = await events(trace, last);
    const run = await read<Run>(`/v1/traces/${trace}`);
    if (run.status !== "queued" && run.status !== "running") return run;
  }
}

async function main(chain: string, start: string, file: string): Promise<void> {
  for (const of of (await read<{ items: Chain[] }>("/v1/chains")).items) {
    if (of.tip) console.log("chain", of.alias, "block", of.tip.height); // null: the ledger is empty
  }
  // The key makes one trace of it, however often it is sent.
  const headers = { "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
  const body = JSON.stringify({ chain, starts: [start] });
  const asked = await send("/v1/traces", { method: "POST", headers, body }, async (answer) => (await answer.json()) as Run);
  const ended = await follow(asked.id);
  if (ended.status !== "done") throw new Error(ended.error?.detail ?? `the trace is ${ended.status}`);
  const result = await read<Result>(`/v1/traces/${asked.id}/result`);
  console.log("theft", result.theft);
  for (const name of result.input.params.policies) {
    const policy = result.policies[name];
    for (const absorber of policy?.absorbers ?? []) console.log(name, absorber.kind, absorber.amount);
    console.log(name, "sum", policy?.sum);
  }
  console.log("result", result.result_digest);
  writeFileSync(file, await send(`/v1/traces/${asked.id}/export?format=csv`, {}, (answer) => answer.text()));
}

const args = process.argv.slice(2);
const [chain, start, file] = args;
if (args.length !== 3 || !chain || !start || !file || !key) {
  console.error("usage: CLEW_KEY=... node quickstart.ts CHAIN TXID:VOUT FILE.csv");
  process.exit(2);
}
main(chain, start, file).catch((e: unknown) => {
  console.error("error:", e instanceof Error ? e.message : e);
  process.exit(1);
});
