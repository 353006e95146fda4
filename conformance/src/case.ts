/** The shape of a recorded case, as far as the runner looks into it. */
export type CaseResult = { ok: true; deviation?: string } | { ok: false; why: string }

export type Json = Record<string, unknown>

export interface Raise {
  type: 'StreamError' | 'CustomStreamError' | 'NotFoundError' | 'Exception'
  message?: string
  allow_retry?: boolean
}

export type Step =
  | { yield: Json }
  | { set_thread: Json }
  | { raise: Raise }
  | { wait_for_cancel: true }
  | { advance_clock: number }
  | { store_add_item: Json }
  | { stream_widget: { states?: Json[]; widget?: Json; copy_text?: string } }

export interface StoreFailure {
  op: string
  type?: string
  id?: string
}

export interface Setup {
  threads: Json[]
  items: Json[]
  attachments?: Json[]
  store_fails?: StoreFailure[]
}

/** How the handlers of one request behave. */
export interface Script {
  respond?: Step[]
  action?: Step[]
  sync_action?: { return?: { updated_item?: Json } | null; raise?: Raise }
  add_feedback?: { raise?: Raise }
  transcribe?: { return?: { text: string }; raise?: Raise }
  attachment_store?: { create?: Json; delete_raises?: Raise }
  stream_options?: Json
  on_cancel?: Step[]
  context?: unknown
  advance_clock?: number
}

export type Response =
  | { kind: 'stream'; frames: Json[] }
  | { kind: 'json'; body: unknown }
  | { kind: 'error'; frames?: Json[]; error: { category: string } }
  | { kind: 'cancelled'; frames: Json[] }

export interface RequestCase extends Script {
  request?: Json
  request_raw?: string
  cancel?: { after_frames: number; while?: 'sending' }
  response: Response
  raw_first_frame?: string
  calls?: Json[]
}

export interface Write {
  op: string
  id: string
}

export interface StoreState {
  threads: Json[]
  items: Json[]
  attachments?: Json[]
}

interface CaseBase {
  name: string
  about: string
  quirk?: string
  setup: Setup
  writes?: Write[]
  store_after: StoreState
}

export type ServerCase = CaseBase & RequestCase
export type FlowCase = CaseBase & { requests: RequestCase[] }

export interface HttpCase extends CaseBase, Script {
  method?: string
  request?: Json
  request_raw?: string
  request_headers?: Record<string, string>
  disconnect?: number
  http: { status: number; headers: Record<string, string>; body: string; body_ended?: boolean }
}
