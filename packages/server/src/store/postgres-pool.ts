/** Connections to one PostgreSQL. None of them hangs: whatever takes too long is cut off and fails. */
import { Socket } from 'node:net'
import { ChatKitError } from '@millrace/protocol'
import { Client, DatabaseError, Pool, type PoolClient, type QueryResult, types } from 'pg'
import { describeTrouble, isServerTrouble, type PostgresAddress } from './postgres-trouble.ts'

export interface PostgresPoolOptions {
  /** Connections at most. Default 10. */
  maxConnections?: number
  /** How long a call waits for a connection, a new one or a free one, in milliseconds. Default 5,000. */
  connectTimeoutMs?: number
  /** How long one statement may take, in milliseconds. Default 5,000. */
  queryTimeoutMs?: number
  /**
   * Told, for the log, that PostgreSQL can't be used, why, and what to do: once, until the reason changes or it answers
   * again. Holds no password.
   */
  onTrouble?(message: string): void
  /** Told that it answers again. */
  onRecovered?(message: string): void
}

/** One connection, taken out of the pool for one statement or one transaction. */
export interface PostgresConnection {
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<QueryResult<Row>>
  /** Whether it can't be used any more: it was cut, or the answer to a statement may still come. */
  readonly isBroken: boolean
  /** Gives it back; a broken one is closed. */
  release(): void
}

const IDLE_MS = 30_000

/** How long the end waits for what is under way. */
const CLOSE_MS = 5000

/** Positions and revisions, which stay far below 2^53. */
const BIGINT = 20

export class PostgresPool {
  readonly address: PostgresAddress
  readonly #pool: Pool
  readonly #queryTimeoutMs: number
  readonly #options: PostgresPoolOptions
  readonly #sockets = new Set<Socket>()
  /** Connections whose session is set up. */
  readonly #prepared = new WeakSet<PoolClient>()
  /** What was told last; nothing while it answers. */
  #trouble: string | undefined

  /**
   * Connects to nothing yet.
   * @throws ChatKitError `unavailable` for an address that is none
   */
  constructor(url: string, options: PostgresPoolOptions = {}) {
    this.#options = options
    this.#queryTimeoutMs = options.queryTimeoutMs ?? 5000
    this.address = addressOf(url)
    this.#pool = new Pool({
      connectionString: url,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5000,
      idleTimeoutMillis: IDLE_MS,
      keepAlive: true,
      fallback_application_name: 'millrace',
      stream: () => this.#socket(),
      types: { getTypeParser: (oid, format) => (oid === BIGINT ? Number : types.getTypeParser(oid, format)) },
    })
    // A connection that is lost while nothing runs on it: the pool drops it, and the next call learns of it if it matters.
    this.#pool.on('error', () => {})
    // The pool listens only while a connection is idle, and an error without a listener would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /**
   * `timeoutMs`: for each statement. `isTrial`: that its statements work proves nothing yet; {@link worked} will tell.
   * @throws Error what `pg` throws
   */
  async take({ timeoutMs = this.#queryTimeoutMs, isTrial = false } = {}): Promise<PostgresConnection> {
    try {
      const client = await this.#pool.connect()
      const connection = this.#connection(client, timeoutMs, isTrial)
      if (!this.#prepared.has(client)) await this.#prepare(client, connection)
      return connection
    } catch (error) {
      if (!isBusy(error)) this.failed(error)
      throw error
    }
  }

  /** Notes why PostgreSQL can't be used. */
  failed(error: unknown): void {
    if (this.#pool.ending) return
    const trouble = describeTrouble(error, this.address)
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#options.onTrouble?.(`${trouble} Millrace keeps trying.`)
  }

  /** Notes that it can be used. */
  worked(): void {
    if (this.#trouble === undefined) return
    this.#trouble = undefined
    this.#options.onRecovered?.(`PostgreSQL at ${this.address.host}:${this.address.port} answers again.`)
  }

  /** Ends the connections, at once those that do not answer. */
  async close(): Promise<void> {
    if (this.#pool.ending) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS)
    })
    await Promise.race([this.#pool.end(), patience])
    clearTimeout(timer)
    for (const socket of this.#sockets) socket.destroy()
  }

  #connection(client: PoolClient, timeoutMs: number, isTrial: boolean): PostgresConnection {
    let isBroken = false
    return {
      get isBroken() {
        return isBroken
      },
      query: async <Row extends object>(text: string, values: readonly unknown[]) => {
        let timer: ReturnType<typeof setTimeout> | undefined
        const timeout = new Promise<never>((_, reject) => {
          timer = setTimeout(
            () => reject(Object.assign(new Error('No answer in time.'), { code: 'ETIMEDOUT' })),
            timeoutMs,
          )
        })
        try {
          const result = await Promise.race([client.query<Row>(text, [...values]), timeout])
          if (!isTrial) this.worked()
          return result
        } catch (error) {
          // What the database itself says leaves the connection as it was; if it hangs up besides, the pool sees that.
          isBroken ||= !(error instanceof DatabaseError)
          if (isServerTrouble(error)) this.failed(error)
          throw error
        } finally {
          clearTimeout(timer)
        }
      },
      release: () => client.release(isBroken),
    }
  }

  /**
   * A query of its own, because connection poolers refuse most settings in the first message of a connection. The
   * server's own limits are for statements and transactions whose node is gone or frozen, so that none holds a lock.
   */
  async #prepare(client: PoolClient, connection: PostgresConnection): Promise<void> {
    const limit = `${Math.ceil(this.#queryTimeoutMs)}`
    try {
      await connection.query(
        `SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false),
          set_config('idle_in_transaction_session_timeout', $1, false)`,
        [limit],
      )
      this.#prepared.add(client)
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  #socket(): Socket {
    const socket = new Socket()
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }
}

/** Whether all connections were in use for too long, which says nothing of the server. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect'
}

function addressOf(url: string): PostgresAddress {
  try {
    const { host, port, user, database } = new Client({ connectionString: url })
    return { host, port, user: user ?? '', database: database ?? '' }
  } catch {
    // The cause would repeat the address, and with it the password.
    throw new ChatKitError(
      'unavailable',
      'DATABASE_URL is no address of a PostgreSQL database. It looks like postgres://user:password@host:5432/database.',
    )
  }
}
