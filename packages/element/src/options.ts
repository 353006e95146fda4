/** Reads what a page passes to `setOptions`: defaults filled in, mistakes named by their path, everything usable kept (E40, U6). */
import type {
  ChatKitOptions,
  EntitiesOption,
  FileUploadStrategy,
  FontObject,
  ModelOption,
  ToolOption,
  UserMessageContent,
  WidgetsOption,
} from '@openai/chatkit'
import { type OptionProblem, type Reader, reader } from './option-reader.ts'

export interface Options {
  api: {
    url: string | undefined
    fetch: typeof fetch | undefined
    uploadStrategy: FileUploadStrategy | undefined
    getClientSecret: ((current: string | null) => Promise<string>) | undefined
  }
  locale: string | undefined
  frameTitle: string | undefined
  initialThread: string | null
  onClientTool: ChatKitOptions['onClientTool']
  theme: ThemeOptions
  header: {
    enabled: boolean
    title: { enabled: boolean; text: string | undefined }
    leftAction: HeaderAction | undefined
    rightAction: HeaderAction | undefined
  }
  history: { enabled: boolean; showDelete: boolean; showRename: boolean }
  startScreen: { greeting: string | undefined; prompts: Prompt[] }
  threadItemActions: { feedback: boolean; retry: boolean }
  composer: {
    placeholder: string | undefined
    attachments: AttachmentOptions
    tools: ToolOption[]
    models: ModelOption[]
  }
  disclaimer: { text: string; highContrast: boolean } | undefined
  entities: { onClick: EntitiesOption['onClick'] }
  widgets: { onAction: WidgetsOption['onAction'] }
  thread: { autoScroll: boolean }
}

export interface ThemeOptions {
  colorScheme: 'light' | 'dark'
  radius: 'pill' | 'round' | 'soft' | 'sharp'
  density: 'compact' | 'normal' | 'spacious'
  baseSize: number
  fontFamily: string | undefined
  fontFamilyMono: string | undefined
  fontSources: FontObject[]
  grayscale: { hue: number; tint: number; shade: number } | undefined
  accent: { primary: string; level: number } | undefined
  surface: { background: string | undefined; foreground: string | undefined } | undefined
}

export interface HeaderAction {
  icon: string
  onClick: () => void
}

export interface Prompt {
  label: string
  content: UserMessageContent[]
  icon: string | undefined
}

export interface AttachmentOptions {
  enabled: boolean
  /** Bytes, for all files or by MIME pattern (`image/*`; `*` or the empty one for the rest). */
  maxSize: number | Record<string, number> | undefined
  maxCount: number
  accept: Record<string, string[]> | undefined
}

const topLevelKeys =
  'api locale theme frameTitle initialThread onClientTool header history startScreen threadItemActions composer disclaimer entities commands widgets thread'

/** Never throws: what can't be used is left at its default and listed as a problem. */
export function readOptions(given: unknown): { options: Options; problems: OptionProblem[] } {
  const problems: OptionProblem[] = []
  const root = reader(given, '', problems, topLevelKeys)
  const options: Options = {
    api: readApi(root.object('api', 'url domainKey fetch uploadStrategy getClientSecret')),
    locale: root.string('locale'),
    frameTitle: root.string('frameTitle'),
    initialThread: root.nullableString('initialThread') ?? null,
    onClientTool: root.func('onClientTool'),
    theme: readTheme(root),
    header: readHeader(root.object('header', 'enabled title leftAction rightAction')),
    history: readHistory(root.object('history', 'enabled showDelete showRename')),
    startScreen: readStartScreen(root.object('startScreen', 'greeting prompts')),
    threadItemActions: readItemActions(root.object('threadItemActions', 'feedback retry')),
    composer: readComposer(root.object('composer', 'placeholder attachments tools models dictation')),
    disclaimer: readDisclaimer(root.object('disclaimer', 'text highContrast')),
    entities: {
      onClick: root.object('entities', 'onTagSearch showComposerMenu onClick onRequestPreview').func('onClick'),
    },
    widgets: { onAction: root.object('widgets', 'onAction').func('onAction') },
    thread: { autoScroll: root.object('thread', 'autoScroll').boolean('autoScroll') ?? false },
  }
  if (options.composer.attachments.enabled && !options.api.uploadStrategy && !options.api.getClientSecret) {
    problems.push({
      path: 'api.uploadStrategy',
      message: "is required when attachments are enabled. Pass {type: 'two_phase'} or {type: 'direct', uploadUrl}.",
    })
    options.composer.attachments.enabled = false
  }
  return { options, problems }
}

function readApi(api: Reader): Options['api'] {
  const strategy = api.object('uploadStrategy', 'type uploadUrl')
  const type = strategy.oneOf('type', ['two_phase', 'direct'])
  const uploadUrl = strategy.string('uploadUrl')
  if (type === 'direct' && !uploadUrl) strategy.problem('uploadUrl', 'is required for direct uploads')
  const read: Options['api'] = {
    url: api.string('url'),
    fetch: api.func('fetch'),
    uploadStrategy: type === 'two_phase' ? { type } : type === 'direct' && uploadUrl ? { type, uploadUrl } : undefined,
    getClientSecret: api.func('getClientSecret'),
  }
  if (!api.isGiven) api.problem('', "is required. Pass {url: '/chatkit'}, the address of your ChatKit server.")
  else if (read.url === undefined && !read.getClientSecret) {
    api.problem('url', 'is required: the address of your ChatKit server')
  }
  return read
}

function readTheme(root: Reader): ThemeOptions {
  const scheme = root.value('theme')
  const theme =
    scheme === 'light' || scheme === 'dark'
      ? reader({ colorScheme: scheme }, 'theme', [], 'colorScheme')
      : root.object('theme', 'colorScheme typography radius density color')
  const typography = theme.object('typography', 'baseSize fontSources fontFamily fontFamilyMono')
  const color = theme.object('color', 'grayscale accent surface')
  const grayscale = color.object('grayscale', 'hue tint shade')
  const surface = color.object('surface', 'background foreground')
  return {
    colorScheme: theme.oneOf('colorScheme', ['light', 'dark']) ?? 'light',
    radius: theme.oneOf('radius', ['pill', 'round', 'soft', 'sharp']) ?? 'pill',
    density: theme.oneOf('density', ['compact', 'normal', 'spacious']) ?? 'normal',
    baseSize: typography.number('baseSize', 10, 24) ?? 16,
    fontFamily: typography.string('fontFamily'),
    fontFamilyMono: typography.string('fontFamilyMono'),
    fontSources: typography.list('fontSources', 'family src weight style display unicodeRange', (font) => {
      const family = font.requiredString('family')
      const src = font.requiredString('src')
      return family && src ? ({ ...font.given, family, src } as FontObject) : undefined
    }),
    grayscale: grayscale.isGiven
      ? {
          hue: grayscale.number('hue', 0, 360) ?? 0,
          tint: grayscale.number('tint', 0, 9) ?? 0,
          shade: grayscale.number('shade', -4, 4) ?? 0,
        }
      : undefined,
    accent: readAccent(color),
    surface: surface.isGiven
      ? { background: surface.string('background'), foreground: surface.string('foreground') }
      : undefined,
  }
}

/** Copies of older samples pass the colour alone (O50). */
function readAccent(color: Reader): ThemeOptions['accent'] {
  const given = color.value('accent')
  if (typeof given === 'string') return { primary: given, level: 1 }
  const accent = color.object('accent', 'primary level')
  const primary = accent.string('primary')
  return primary === undefined ? undefined : { primary, level: accent.number('level', 0, 3) ?? 1 }
}

function readHeader(header: Reader): Options['header'] {
  const title = header.object('title', 'enabled text')
  return {
    enabled: header.boolean('enabled') ?? true,
    title: { enabled: title.boolean('enabled') ?? true, text: title.string('text') },
    leftAction: readHeaderAction(header.object('leftAction', 'icon onClick')),
    rightAction: readHeaderAction(header.object('rightAction', 'icon onClick')),
  }
}

function readHeaderAction(action: Reader): HeaderAction | undefined {
  const icon = action.string('icon')
  const onClick = action.func<() => void>('onClick')
  return icon && onClick ? { icon, onClick } : undefined
}

function readHistory(history: Reader): Options['history'] {
  return {
    enabled: history.boolean('enabled') ?? true,
    showDelete: history.boolean('showDelete') ?? true,
    showRename: history.boolean('showRename') ?? true,
  }
}

function readStartScreen(start: Reader): Options['startScreen'] {
  const prompts = start.list('prompts', 'label prompt icon', (prompt) => {
    const label = prompt.requiredString('label')
    const given = prompt.value('prompt')
    const content =
      typeof given === 'string'
        ? [{ type: 'input_text' as const, text: given }]
        : Array.isArray(given)
          ? (given as UserMessageContent[])
          : undefined
    if (!content) prompt.problem('prompt', 'is required: the text to send, or its parts')
    return label && content ? { label, content, icon: prompt.string('icon') } : undefined
  })
  return { greeting: start.string('greeting'), prompts }
}

function readItemActions(actions: Reader): Options['threadItemActions'] {
  return { feedback: actions.boolean('feedback') ?? false, retry: actions.boolean('retry') ?? false }
}

function readComposer(composer: Reader): Options['composer'] {
  const attachments = composer.object('attachments', 'enabled maxSize maxCount accept')
  const maxSize = attachments.value('maxSize')
  const accept = attachments.value('accept')
  return {
    placeholder: composer.string('placeholder'),
    attachments: {
      enabled: attachments.boolean('enabled') ?? false,
      maxSize:
        typeof maxSize === 'number' || isRecord(maxSize) ? (maxSize as number | Record<string, number>) : undefined,
      maxCount: attachments.number('maxCount', 0, 1000) ?? 10,
      accept: isRecord(accept) ? (accept as Record<string, string[]>) : undefined,
    },
    tools: composer.list('tools', 'id label icon shortLabel placeholderOverride pinned persistent', (tool) =>
      tool.requiredString('id') && tool.requiredString('label') ? (tool.given as ToolOption) : undefined,
    ),
    models: composer.list('models', 'id label description disabled default', (model) =>
      model.requiredString('id') && model.requiredString('label') ? (model.given as ModelOption) : undefined,
    ),
  }
}

function readDisclaimer(disclaimer: Reader): Options['disclaimer'] {
  const text = disclaimer.string('text')
  return text === undefined ? undefined : { text, highContrast: disclaimer.boolean('highContrast') ?? false }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
