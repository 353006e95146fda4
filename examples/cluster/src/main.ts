/** `npm run cluster`: starts it, says what there is to try, and ends it all on Ctrl+C. */
import { startCluster } from './cluster.ts'

const port = Number(process.env.PORT ?? 8000)
const cluster = await startCluster({ port, onLine: (node, line) => console.log(`  node ${node}  ${line}`) }).catch(
  (error: unknown) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    console.error(isTaken ? `Port ${port} is in use. Choose another one: PORT=${port + 1} npm run cluster` : error)
    process.exit(1)
  },
)
const [first, second] = cluster.nodes
console.log(`
  Millrace on two nodes  ${cluster.url}

  Open it, ask for "Count to 500", and in the middle of the answer end the node that writes it:

    kill -9 ${first?.pid}        node a
    kill -9 ${second?.pid}        node b

  If it was the other one, nothing happens to the answer: the page goes on by itself. If it was the writing one, what had
  been said stays, and within seconds the page offers to try again. A node that was killed comes back by itself; a plain
  kill (without -9) lets it finish its answers first. Ctrl+C ends everything.
`)

let isEnding = false
const end = async () => {
  if (isEnding) process.exit(1)
  isEnding = true
  await cluster.stop()
  process.exit(0)
}
process.on('SIGINT', end)
process.on('SIGTERM', end)
