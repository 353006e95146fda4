import type { NextConfig } from 'next'

const config: NextConfig = {
  // One folder for everything that is built; Next's own default is `.next`.
  distDir: 'dist/next',
  // Answers are streams: a compressed one waits in the compressor's buffer. Compress pages in the proxy in front of the app.
  compress: false,
  // Loaded by Node and not bundled: libsql because it is native, the others so that each of them exists once in the process,
  // however many bundles of route handlers there are. In this repository the two of Millrace are bundled all the same: Next
  // leaves out only what lies in `node_modules`, and a workspace is linked from elsewhere. Both ways work, since what has to
  // exist once is on `globalThis` (`server/chat.ts`).
  serverExternalPackages: ['libsql', '@millrace/server', '@millrace/agents', '@openai/agents', 'openai', 'zod'],
  poweredByHeader: false,
  // Nothing is written into the project while it is developed.
  agentRules: false,
  // `tsc --build` checks the types of the whole repository at once.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    // TypeScript 7 has no JavaScript API that Next could call: it calls the command.
    useTypeScriptCli: true,
  },
}

export default config
