/** The ChatKit protocol: types of the wire, the reducer, widget diffs, SSE framing, errors and ids. */
export { applyEvent, applyEvents, isUnfinished } from './apply-event.ts'
export { applyItemUpdate } from './apply-item-update.ts'
export { Channel } from './channel.ts'
export { diffWidget } from './diff-widget.ts'
export {
  ChatKitError,
  CustomStreamError,
  isChatKitErrorCode,
  isRetryable,
  StreamError,
} from './errors.ts'
export {
  encodeEvent,
  isHiddenItem,
  toWireAttachment,
  toWireError,
  toWireItem,
  toWirePage,
  toWireThread,
} from './encode.ts'
export { ID_PREFIXES, newId } from './ids.ts'
export { batch, HEARTBEAT, merge, withHeartbeat } from './iterables.ts'
export { normalizeComponent, normalizeWidget } from './normalize-widget.ts'
export { encodeFrame, KEEP_ALIVE_FRAME, parseSse } from './sse.ts'

export type { ChannelOptions } from './channel.ts'
export type { ChatKitErrorCode, ChatKitErrorOptions } from './errors.ts'
export type { WireError } from './encode.ts'
export type { IdKind } from './ids.ts'
export type { Abortable, BatchOptions } from './iterables.ts'
export type { SseMessage } from './sse.ts'
export type { IconName } from './schemas/icons.ts'
export type {
  AttachmentUploadDescriptor,
  FileAttachment,
  ImageAttachment,
  Attachment,
  AttachmentCreateParams,
} from './schemas/attachments.ts'
export type {
  URLSource,
  FileSource,
  EntitySource,
  Source,
  Annotation,
  AssistantMessageContent,
} from './schemas/annotations.ts'
export type {
  CustomTask,
  SearchTask,
  ThoughtTask,
  FileTask,
  ImageTask,
  Task,
  CustomSummary,
  DurationSummary,
  Workflow,
} from './schemas/tasks.ts'
export type {
  UserMessageTextContent,
  UserMessageTagContent,
  UserMessageContent,
  ToolChoice,
  InferenceOptions,
  UserMessageInput,
} from './schemas/user-messages.ts'
export type {
  StructuredInputAnswer,
  StructuredInputMultipleChoiceOption,
  StructuredInputMultipleChoice,
  StructuredInputFreeform,
  StructuredInput,
  StructuredInputAnswerSubmission,
  StructuredInputSubmission,
} from './schemas/structured-inputs.ts'
export type {
  UserMessageItem,
  AssistantMessageItem,
  ClientToolCallItem,
  WidgetItem,
  GeneratedImage,
  GeneratedImageItem,
  StructuredInputItem,
  WorkflowItem,
  TaskItem,
  HiddenContextItem,
  SDKHiddenContextItem,
  EndOfTurnItem,
  ThreadItem,
} from './schemas/items.ts'
export type {
  ActiveStatus,
  LockedStatus,
  ClosedStatus,
  ThreadStatus,
  ThreadMetadata,
  Page,
  Thread,
} from './schemas/threads.ts'
export type {
  AssistantMessageContentPartAdded,
  AssistantMessageContentPartTextDelta,
  AssistantMessageContentPartAnnotationAdded,
  AssistantMessageContentPartDone,
  WidgetStreamingTextValueDelta,
  WidgetComponentUpdated,
  WidgetRootUpdated,
  WorkflowTaskAdded,
  WorkflowTaskUpdated,
  GeneratedImageUpdated,
  ThreadItemUpdate,
} from './schemas/updates.ts'
export type {
  ThreadCreatedEvent,
  ThreadUpdatedEvent,
  ThreadItemAddedEvent,
  ThreadItemUpdatedEvent,
  ThreadItemDoneEvent,
  ThreadItemRemovedEvent,
  ThreadItemReplacedEvent,
  StreamOptions,
  StreamOptionsEvent,
  ProgressUpdateEvent,
  ClientEffectEvent,
  ErrorCode,
  ErrorEvent,
  NoticeEvent,
  ThreadStreamEvent,
} from './schemas/events.ts'
export type {
  RunsResumeParams,
  RunsStopParams,
  RunsResumeReq,
  RunsStopReq,
  RunOutcome,
  RunError,
  RunEndedEvent,
} from './schemas/runs.ts'
export type {
  Action,
  ThreadsCreateReq,
  ThreadsAddUserMessageReq,
  ThreadsAddClientToolOutputReq,
  ThreadsAddStructuredInputReq,
  ThreadsRetryAfterItemReq,
  ThreadsCustomActionReq,
  ThreadsSyncCustomActionReq,
  ThreadsGetByIdReq,
  ThreadsListReq,
  ThreadsUpdateReq,
  ThreadsDeleteReq,
  ItemsListReq,
  ItemsFeedbackReq,
  AttachmentsCreateReq,
  AttachmentsDeleteReq,
  InputTranscribeReq,
  StreamingReq,
  NonStreamingReq,
  ChatKitReq,
  SyncCustomActionResponse,
  TranscriptionResult,
} from './schemas/requests.ts'
export type { ActionConfig, ThemeColor, Spacing, Border, Borders } from './schemas/widgets/values.ts'
export type {
  EditableProps,
  Text,
  Title,
  Caption,
  Label,
  Markdown,
  Badge,
  Divider,
  Icon,
  Image,
  Spacer,
} from './schemas/widgets/texts.ts'
export type { BarSeries, AreaSeries, LineSeries, XAxisConfig, Chart } from './schemas/widgets/charts.ts'
export type {
  Button,
  Checkbox,
  SelectOption,
  Select,
  DatePicker,
  Input,
  Textarea,
  RadioOption,
  RadioGroup,
} from './schemas/widgets/controls.ts'
export type {
  KnownWidgetComponent,
  DynamicWidgetComponent,
  WidgetComponent,
  Box,
  Row,
  Col,
  Form,
  ListViewItem,
  Transition,
} from './schemas/widgets/components.ts'
export type {
  WidgetStatusWithFavicon,
  WidgetStatusWithIcon,
  CardAction,
  Card,
  ListView,
  BasicRoot,
  DynamicWidgetRoot,
  WidgetRoot,
} from './schemas/widgets/roots.ts'
