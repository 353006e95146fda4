/** The ChatKit protocol: types of the wire, the reducer, widget diffs, SSE framing, errors and ids. */
export { applyEvent, applyEvents, isUnfinished } from './apply-event.ts'
export { applyItemUpdate } from './apply-item-update.ts'
export { Channel } from './channel.ts'
export { diffWidget } from './diff-widget.ts'
export {
  encodeEvent,
  isHiddenItem,
  toWireAttachment,
  toWireError,
  toWireItem,
  toWirePage,
  toWireThread,
} from './encode.ts'
export {
  ChatKitError,
  CustomStreamError,
  isChatKitErrorCode,
  isRetryable,
  StreamError,
} from './errors.ts'
export { ID_PREFIXES, newId } from './ids.ts'
export { batch, HEARTBEAT, merge, withHeartbeat } from './iterables.ts'
export { normalizeComponent, normalizeWidget } from './normalize-widget.ts'
export { encodeFrame, KEEP_ALIVE_FRAME, parseSse } from './sse.ts'

export type { ChannelOptions } from './channel.ts'
export type { WireError } from './encode.ts'
export type { ChatKitErrorCode, ChatKitErrorOptions } from './errors.ts'
export type { IdKind } from './ids.ts'
export type { Abortable, BatchOptions } from './iterables.ts'
export type {
  Annotation,
  AssistantMessageContent,
  EntitySource,
  FileSource,
  Source,
  URLSource,
} from './schemas/annotations.ts'
export type {
  Attachment,
  AttachmentCreateParams,
  AttachmentUploadDescriptor,
  FileAttachment,
  ImageAttachment,
} from './schemas/attachments.ts'
export type {
  ClientEffectEvent,
  ErrorCode,
  ErrorEvent,
  NoticeEvent,
  ProgressUpdateEvent,
  StreamOptions,
  StreamOptionsEvent,
  ThreadCreatedEvent,
  ThreadItemAddedEvent,
  ThreadItemDoneEvent,
  ThreadItemRemovedEvent,
  ThreadItemReplacedEvent,
  ThreadItemUpdatedEvent,
  ThreadStreamEvent,
  ThreadUpdatedEvent,
} from './schemas/events.ts'
export type { Wire } from './schemas/fields.ts'
export type { IconName } from './schemas/icons.ts'
export type {
  AssistantMessageItem,
  ClientToolCallItem,
  EndOfTurnItem,
  GeneratedImage,
  GeneratedImageItem,
  HiddenContextItem,
  SDKHiddenContextItem,
  StructuredInputItem,
  TaskItem,
  ThreadItem,
  UserMessageItem,
  WidgetItem,
  WorkflowItem,
} from './schemas/items.ts'
export type {
  Action,
  AttachmentsCreateReq,
  AttachmentsDeleteReq,
  ChatKitReq,
  InputTranscribeReq,
  ItemsFeedbackReq,
  ItemsListReq,
  NonStreamingReq,
  StreamingReq,
  SyncCustomActionResponse,
  ThreadsAddClientToolOutputReq,
  ThreadsAddStructuredInputReq,
  ThreadsAddUserMessageReq,
  ThreadsCreateReq,
  ThreadsCustomActionReq,
  ThreadsDeleteReq,
  ThreadsGetByIdReq,
  ThreadsListReq,
  ThreadsRetryAfterItemReq,
  ThreadsSyncCustomActionReq,
  ThreadsUpdateReq,
  TranscriptionResult,
} from './schemas/requests.ts'
export type {
  RunEndedEvent,
  RunError,
  RunOutcome,
  RunsResumeParams,
  RunsResumeReq,
  RunsStopParams,
  RunsStopReq,
} from './schemas/runs.ts'
export type {
  StructuredInput,
  StructuredInputAnswer,
  StructuredInputAnswerSubmission,
  StructuredInputFreeform,
  StructuredInputMultipleChoice,
  StructuredInputMultipleChoiceOption,
  StructuredInputSubmission,
} from './schemas/structured-inputs.ts'
export type {
  CustomSummary,
  CustomTask,
  DurationSummary,
  FileTask,
  ImageTask,
  SearchTask,
  Task,
  ThoughtTask,
  Workflow,
} from './schemas/tasks.ts'
export type {
  ActiveStatus,
  ClosedStatus,
  LockedStatus,
  Page,
  Thread,
  ThreadMetadata,
  ThreadStatus,
} from './schemas/threads.ts'
export type {
  AssistantMessageContentPartAdded,
  AssistantMessageContentPartAnnotationAdded,
  AssistantMessageContentPartDone,
  AssistantMessageContentPartTextDelta,
  GeneratedImageUpdated,
  ThreadItemUpdate,
  WidgetComponentUpdated,
  WidgetRootUpdated,
  WidgetStreamingTextValueDelta,
  WorkflowTaskAdded,
  WorkflowTaskUpdated,
} from './schemas/updates.ts'
export type {
  InferenceOptions,
  ToolChoice,
  UserMessageContent,
  UserMessageInput,
  UserMessageTagContent,
  UserMessageTextContent,
} from './schemas/user-messages.ts'
export type { AreaSeries, BarSeries, Chart, LineSeries, XAxisConfig } from './schemas/widgets/charts.ts'
export type {
  Box,
  Col,
  DynamicWidgetComponent,
  Form,
  KnownWidgetComponent,
  ListViewItem,
  Row,
  Transition,
  WidgetComponent,
} from './schemas/widgets/components.ts'
export type {
  Button,
  Checkbox,
  DatePicker,
  Input,
  RadioGroup,
  RadioOption,
  Select,
  SelectOption,
  Textarea,
} from './schemas/widgets/controls.ts'
export type {
  BasicRoot,
  Card,
  CardAction,
  DynamicWidgetRoot,
  ListView,
  WidgetRoot,
  WidgetStatusWithFavicon,
  WidgetStatusWithIcon,
} from './schemas/widgets/roots.ts'
export type {
  Badge,
  Caption,
  Divider,
  EditableProps,
  Icon,
  Image,
  Label,
  Markdown,
  Spacer,
  Text,
  Title,
} from './schemas/widgets/texts.ts'
export type { ActionConfig, Border, Borders, Spacing, ThemeColor } from './schemas/widgets/values.ts'
export type { SseMessage } from './sse.ts'
