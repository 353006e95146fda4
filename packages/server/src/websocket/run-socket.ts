/**
 * One WebSocket of `/ws/stream`: carries out commands, and follows several runs at once. Before it: `routes.ts` decided who
 * asks. Beside it: `followed-run.ts` reads each run. Closing leaves the runs, and stops none.
 */
import { ChatKitError } from '@millrace/protocol'
import type { Answer, ChatKitServer } from '../chatkit-server.ts'
import { checkedCursor, type OpenedRun, type RunHandle } from '../runs.ts'
import { CommandRate } from './command-rate.ts'
import { type AttachCommand, type Command, parseCommand, type StartCommand, type SteerCommand } from './commands.ts'
import { type About, endEvent, errorEvent, HEARTBEAT_EVENT, pausedEvent, startedEvent } from './events.ts'
import { FollowedRun, type Outlet } from './followed-run.ts'
import { FollowedRuns } from './followed-runs.ts'
import { Liveness } from './liveness.ts'
import { Outflow } from './outflow.ts'
import { CLOSE, MAX_MESSAGE_BYTES, type Socket, type SocketOptions, type SocketSession, SUBPROTOCOL } from './socket.ts'

/** Commands of one socket whose answers are still to come. */
const MAX_WAITING = 100

/** Commands that may come while the socket is full: who does not read the answers fills the memory with them. */
const MAX_UNREAD = 1000

/** Two sides that answer each other's heartbeats must not chase one another for ever. */
const SAME_HEARTBEAT_MS = 1000

export interface RunSocketOptions<Context> {
  server: ChatKitServer<Context>
  user: Context
  /** Subprotocols that the client offered. */
  offered: readonly string[]
  options: SocketOptions
  /** Told of every exception that the client saw only as a plain error. */
  failed(error: unknown): void
}

export class RunSocket<Context> implements SocketSession {
  readonly protocol: string | undefined
  readonly #server: ChatKitServer<Context>
  readonly #user: Context
  readonly #options: SocketOptions
  readonly #failed: (error: unknown) => void
  readonly #rate: CommandRate
  readonly #outflow: Outflow
  readonly #outlet: Outlet
  readonly #runs: FollowedRuns
  /** Runs that were asked to stop and are not followed here, until somebody here was told their end. */
  readonly #stopping = new Set<string>()
  /** Commands whose answers are still to come. */
  #waiting = 0
  /** Commands that came since the socket is full. */
  #unread = 0
  #socket: Socket | undefined
  #liveness: Liveness | undefined
  #heartbeatAt = Number.NEGATIVE_INFINITY
  #isGoingAway = false
  #isClosed = false

  constructor({ server, user, offered, options, failed }: RunSocketOptions<Context>) {
    this.protocol = offered.includes(SUBPROTOCOL) ? SUBPROTOCOL : undefined
    this.#server = server
    this.#user = user
    this.#options = options
    this.#failed = failed
    this.#runs = new FollowedRuns(options.maxRuns)
    this.#rate = new CommandRate(options.maxCommandsPerSecond)
    this.#outflow = new Outflow(options.maxBufferedBytes)
    this.#outlet = {
      send: (messages) => this.#send(messages),
      room: (signal) => this.#outflow.room(signal),
      over: (run, error) => this.#over(run, error),
    }
  }

  open(socket: Socket): void {
    this.#socket = socket
    this.#outflow.open(socket)
    this.#liveness = new Liveness({
      ...this.#options,
      heartbeat: () => this.#heartbeat(),
      idle: () => this.#close(CLOSE.goingAway, 'Nothing was heard from you for too long.'),
    })
    if (this.#isGoingAway) this.goAway()
  }

  receive(message: string | Uint8Array): void {
    if (this.#isClosed) return
    this.heard()
    const { maxCommandsPerSecond } = this.#options
    if (!this.#rate.take(performance.now())) {
      return this.#close(CLOSE.policy, `More than ${maxCommandsPerSecond} commands a second.`)
    }
    if (message.length > MAX_MESSAGE_BYTES) return this.#close(CLOSE.tooBig, 'The message is too long.')
    this.#unread = this.#outflow.isFull ? this.#unread + 1 : 0
    if (this.#unread > MAX_UNREAD) return this.#close(CLOSE.policy, 'Read what is sent before you send more.')
    const parsed = parseCommand(message)
    if ('error' in parsed) this.#refuse(parsed.error, parsed.about)
    else if (parsed.command === 'heartbeat') this.#answerHeartbeat()
    else void this.#carryOut(parsed)
  }

  heard(): void {
    this.#liveness?.heard()
  }

  drained(): void {
    this.#outflow.drained()
  }

  goAway(): void {
    this.#isGoingAway = true
    if (!this.#runs.isBusy) this.#close(CLOSE.goingAway, 'The server is going away.')
  }

  closed(): void {
    this.#isClosed = true
    this.#liveness?.end()
    this.#runs.leaveAll()
  }

  #close(code: number, reason: string): void {
    if (this.#isClosed) return
    this.closed()
    this.#socket?.close(code, reason)
  }

  async #carryOut(command: Command): Promise<void> {
    if (this.#waiting >= MAX_WAITING) {
      return this.#refuse(new ChatKitError('rate_limited', 'Wait for the answers to your commands.'), command)
    }
    this.#waiting += 1
    try {
      const { messageId } = command
      if (command.command === 'start') await this.#runs.open(messageId, () => this.#start(command))
      else if (command.command === 'attach') await this.#runs.open(messageId, () => this.#attach(command))
      else await this.#steer(command)
    } catch (error) {
      this.#refuse(error, command)
    } finally {
      this.#waiting -= 1
      if (this.#isGoingAway) this.goAway()
    }
  }

  async #start({ request, messageId }: StartCommand): Promise<void> {
    const client = messageId === undefined ? { resumes: true } : { resumes: true, messageId }
    const { run, after } = runIn(await this.#server.process(request, this.#user, client))
    // A repeat of what this socket follows already: it is told so again, and its text comes once.
    if (this.#runs.has(run.info.messageId)) this.#send([startedEvent(run.info)])
    else this.#follow(run, after)
  }

  async #attach({ messageId, after }: AttachCommand): Promise<void> {
    const run = await this.#server.runOf(messageId, this.#user)
    checkedCursor(after, run.info)
    if (this.#runs.has(messageId)) {
      throw new ChatKitError('invalid_request', 'This socket follows that answer already.', { param: 'message_id' })
    }
    this.#follow(run, after)
  }

  #follow(run: RunHandle, after: number): void {
    if (this.#isClosed) return
    const followed = new FollowedRun(run, after, this.#outlet)
    this.#runs.add(followed)
    this.#send([startedEvent(run.info)])
    followed.follow()
  }

  async #steer({ command, messageId }: SteerCommand): Promise<void> {
    const opening = this.#runs.opening(messageId)
    if (opening) await opening
    if (this.#isClosed) return
    const run = messageId === undefined ? this.#runs.only() : this.#runs.get(messageId)
    if (!run && messageId !== undefined && command === 'stop') return this.#stopUnfollowed(messageId)
    if (!run) throw notFollowed()
    if (command === 'stop') return this.#stop(run)
    if (command === 'pause') run.leave()
    // Told before the first token that comes after it.
    this.#send([pausedEvent(command === 'pause' ? 'paused' : 'resumed', run.info.messageId)])
    if (command === 'resume') run.follow()
  }

  async #stop(run: FollowedRun): Promise<void> {
    try {
      await run.stop()
    } catch (error) {
      this.#refuse(error, { command: 'stop', messageId: run.info.messageId })
    }
  }

  /** Any run of the user can be stopped from any socket. */
  async #stopUnfollowed(messageId: string): Promise<void> {
    const run = await this.#server.runOf(messageId, this.#user)
    this.#stopping.add(messageId)
    try {
      const end = await run.stop()
      // Who has attached in the meantime is told by the log.
      if (this.#stopping.has(messageId) && !this.#runs.has(messageId)) this.#send([endEvent(messageId, end)])
    } finally {
      this.#stopping.delete(messageId)
    }
  }

  #over(run: FollowedRun, error?: unknown): void {
    const { messageId } = run.info
    this.#runs.delete(run)
    if (error !== undefined) this.#refuse(error, { messageId })
    else this.#stopping.delete(messageId)
    if (this.#isGoingAway) this.goAway()
  }

  #refuse(error: unknown, about: About): void {
    if (!(error instanceof ChatKitError)) this.#failed(error)
    this.#send([errorEvent(error, about)])
  }

  #answerHeartbeat(): void {
    const sameMs = Math.min(SAME_HEARTBEAT_MS, this.#options.heartbeatMs / 2)
    if (performance.now() - this.#heartbeatAt >= sameMs) this.#heartbeat()
  }

  #heartbeat(): void {
    this.#heartbeatAt = performance.now()
    this.#send([HEARTBEAT_EVENT])
  }

  #send(messages: readonly string[]): void {
    if (this.#isClosed) return
    this.#liveness?.said()
    this.#outflow.send(messages)
  }
}

function runIn(answer: Answer): OpenedRun {
  if ('run' in answer) return answer
  throw new TypeError('A start is answered by a run.')
}

function notFollowed(): ChatKitError {
  return new ChatKitError('not_found', 'This socket follows no such answer. Attach to it first.', {
    param: 'message_id',
  })
}
