/**
 * Client secrets: signed, short-lived proofs of who asks. Nothing is kept on the server, so any node that knows the secret
 * takes what another one issued.
 */
import { ChatKitError } from '@millrace/protocol'
import { errors, jwtVerify, SignJWT } from 'jose'
import { bearerOf } from './sessions-bearer.ts'

/** What a browser is given. */
export interface ClientSecret {
  client_secret: string
  /** Unix seconds. */
  expires_at: number
}

export interface Session {
  userId: string
  /** Stays the same through every refresh. */
  sessionId: string
  /** When this very secret was issued, in milliseconds since the epoch. */
  issuedAt: number
  /** Milliseconds since the epoch. */
  expiresAt: number
}

export interface SessionsOptions {
  /** Signs the secrets; the same on every node. At least 32 characters, such as `openssl rand -base64 32` prints. */
  secret: string
  /** How long a client secret is good for, in milliseconds. Default 15 minutes. */
  lifetimeMs?: number
  /**
   * The same for guests, in milliseconds. Default 30 days: nobody can vouch for a guest a second time, so with their secret
   * they lose their threads.
   */
  guestLifetimeMs?: number
  /** Whether a session was ended before its time; asked with every request and at a refresh. Default: none was. */
  isRevoked?(session: Session): Promise<boolean> | boolean
  /** Milliseconds since the epoch. */
  now?(): number
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** RFC 7518 §3.2: a key for HS256 has at least 256 bits. */
const MIN_SECRET_LENGTH = 32

/** How far the clocks of two nodes may lie apart. */
const CLOCK_SKEW_MS = MINUTE_MS

/** How long after its end a secret can still be exchanged for a new one. */
const REFRESH_MS = 10 * MINUTE_MS

const FOR_EVER_MS = 1000 * 365 * DAY_MS

const ISSUER = 'millrace'
const ALGORITHM = 'HS256'

/**
 * Issues and checks client secrets.
 *
 * @example
 * const sessions = new Sessions({ secret: process.env.SESSION_SECRET })
 * createApp({ server, authenticate: (request) => sessions.authenticate(request), sessions: { sessions } })
 */
export class Sessions {
  readonly #options: Required<Omit<SessionsOptions, 'secret'>>
  readonly #secret: string
  readonly #key: Promise<CryptoKey>

  /** @throws ChatKitError `invalid_request` for a secret that is too short */
  constructor(options: SessionsOptions) {
    if ((options.secret?.length ?? 0) < MIN_SECRET_LENGTH) throw tooShort()
    this.#options = {
      lifetimeMs: 15 * MINUTE_MS,
      guestLifetimeMs: 30 * DAY_MS,
      isRevoked: () => false,
      now: Date.now,
      ...options,
    }
    this.#secret = options.secret
    this.#key = importKey(options.secret)
  }

  /** A client secret for this user, in a session of its own. */
  issue(userId: string): Promise<ClientSecret> {
    return this.#sign(userId, newSessionId(), this.#options.lifetimeMs)
  }

  /** A client secret for somebody whom nobody knows: a new user whose id can't be guessed. */
  issueGuest(): Promise<ClientSecret> {
    return this.#sign(`guest_${newSessionId()}`, newSessionId(), this.#options.guestLifetimeMs)
  }

  /** Whose secret this is; undefined for one that is forged, expired (by more than a minute) or revoked. */
  async verify(token: string): Promise<Session | undefined> {
    const session = await this.#read(token, CLOCK_SKEW_MS)
    return session && !(await this.#options.isRevoked(session)) ? session : undefined
  }

  /**
   * A new secret for the same user and session, with the lifetime that the old one had.
   * @throws ChatKitError `auth_error` for a secret that is forged, revoked or expired for more than 10 minutes
   */
  async refresh(token: string): Promise<ClientSecret> {
    const session = await this.#read(token, REFRESH_MS)
    if (!session || (await this.#options.isRevoked(session))) {
      throw new ChatKitError('auth_error', 'This session is over. Ask for a new one.')
    }
    const { userId, sessionId, issuedAt, expiresAt } = session
    return this.#sign(userId, sessionId, expiresAt - issuedAt)
  }

  /** Who asks, by `authorization: Bearer …` or, on a WebSocket, the subprotocol `bearer.…`: for `createApp`. */
  async authenticate(request: Request): Promise<{ userId: string } | undefined> {
    const token = bearerOf(request)
    const session = token === undefined ? undefined : await this.verify(token)
    return session && { userId: session.userId }
  }

  /** Whether a request carries a secret that was issued here once, however long ago and whatever became of it. */
  async wasIssued(request: Request): Promise<boolean> {
    const token = bearerOf(request)
    return token !== undefined && (await this.#read(token, FOR_EVER_MS)) !== undefined
  }

  /** Whether a request carries the signing secret itself, as a backend's does that asks for its users' sessions. */
  isBackend(request: Request): Promise<boolean> {
    const token = bearerOf(request)
    return token === undefined ? Promise.resolve(false) : isSame(token, this.#secret)
  }

  async #sign(userId: string, sessionId: string, lifetimeMs: number): Promise<ClientSecret> {
    const issuedAt = Math.floor(this.#options.now() / 1000)
    const expiresAt = issuedAt + Math.max(1, Math.round(lifetimeMs / 1000))
    const token = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(await this.#key)
    return { client_secret: token, expires_at: expiresAt }
  }

  async #read(token: string, toleranceMs: number): Promise<Session | undefined> {
    try {
      const { payload } = await jwtVerify(token, await this.#key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        requiredClaims: ['sub', 'sid', 'iat', 'exp'],
        clockTolerance: toleranceMs / 1000,
        currentDate: new Date(this.#options.now()),
      })
      const { sub, sid, iat, exp } = payload
      if (sub === undefined || typeof sid !== 'string' || iat === undefined || exp === undefined) return undefined
      return { userId: sub, sessionId: sid, issuedAt: iat * 1000, expiresAt: exp * 1000 }
    } catch (error) {
      // Whatever is wrong with it, whoever sent it learns no more than that.
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }
}

function tooShort(): ChatKitError {
  return new ChatKitError(
    'invalid_request',
    `The secret that signs sessions must have at least ${MIN_SECRET_LENGTH} characters. Make one: openssl rand -base64 32`,
  )
}

function importKey(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret)
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

/** 128 random bits, as hexadecimal digits. */
function newSessionId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Compares hashes, each to its last byte: how long it takes tells nothing about where two texts differ. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([one, other].map(sha256))
  let difference = 0
  for (const [index, byte] of (left ?? []).entries()) difference |= byte ^ (right?.[index] ?? 0)
  return difference === 0
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}
