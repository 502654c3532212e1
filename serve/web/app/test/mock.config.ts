import { mergeConfig, type Connect, type Plugin } from 'vite';
import base from '../vite.config';
import { MockServer } from '../src/state/mock/server';

// "vite preview --config test/mock.config.ts" serves the built console with a
// made-up server behind it, under the policy that serve/web sends, so that pages
// are looked at as they are shipped. Nothing of it is in the build.
const bodyMax = 1 << 20;

function answering(server: MockServer): Connect.NextHandleFunction {
  return (req, res, next) => {
    const path = req.url ?? '';
    if (path === '/mock/reset') {
      Object.assign(server, new MockServer());
      res.end();
      return;
    }
    res.setHeader(
      'Content-Security-Policy',
      "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; img-src 'self' blob: data:; style-src 'self' 'nonce-mock'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    if (!path.startsWith('/v1/')) return next();
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (c: Buffer) => {
      size += c.length;
      if (size <= bodyMax) chunks.push(c);
    });
    req.on('end', () => void reply(server, req, Buffer.concat(chunks), res));
  };
}

async function reply(server: MockServer, req: Connect.IncomingMessage, body: Buffer, res: import('node:http').ServerResponse): Promise<void> {
  const method = req.method ?? 'GET';
  const headers = Object.entries(req.headers).filter((h): h is [string, string] => typeof h[1] === 'string');
  const request = new Request(new URL(req.url ?? '/', 'http://127.0.0.1'), { method, headers, ...(method === 'GET' || body.length === 0 ? {} : { body: new Uint8Array(body) }) });
  const answer = await server.fetch(request);
  res.statusCode = answer.status;
  answer.headers.forEach((value, name) => res.setHeader(name, value));
  const reader = answer.body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done && !res.destroyed; part = await reader?.read()) res.write(part.value);
  res.end();
}

function mock(): Plugin {
  const server = new MockServer();
  return {
    name: 'made-up-server',
    configureServer: (s) => void s.middlewares.use(answering(server)),
    configurePreviewServer: (s) => void s.middlewares.use(answering(server)),
    transformIndexHtml: (html) => html.replace('{{style-nonce}}', 'mock'),
  };
}

export default mergeConfig(typeof base === 'function' ? base({ mode: 'production', command: 'serve' }) : base, { plugins: [mock()], build: { outDir: 'dist-mock' }, server: { proxy: {} } });
