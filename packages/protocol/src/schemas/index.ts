/** The schemas of the wire. They carry zod: for servers and tests, never for a browser bundle. */
export { ICON_NAMES, IconNameSchema } from './icons.ts'
export {
  AttachmentUploadDescriptorSchema,
  FileAttachmentSchema,
  ImageAttachmentSchema,
  AttachmentSchema,
  AttachmentCreateParamsSchema,
} from './attachments.ts'
export {
  URLSourceSchema,
  FileSourceSchema,
  EntitySourceSchema,
  SourceSchema,
  AnnotationSchema,
  AssistantMessageContentSchema,
} from './annotations.ts'
export {
  CustomTaskSchema,
  SearchTaskSchema,
  ThoughtTaskSchema,
  FileTaskSchema,
  ImageTaskSchema,
  TaskSchema,
  CustomSummarySchema,
  DurationSummarySchema,
  WorkflowSchema,
} from './tasks.ts'
export {
  UserMessageTextContentSchema,
  UserMessageTagContentSchema,
  UserMessageContentSchema,
  ToolChoiceSchema,
  InferenceOptionsSchema,
  UserMessageInputSchema,
} from './user-messages.ts'
export {
  StructuredInputAnswerSchema,
  StructuredInputMultipleChoiceOptionSchema,
  StructuredInputMultipleChoiceSchema,
  StructuredInputFreeformSchema,
  StructuredInputSchema,
  StructuredInputAnswerSubmissionSchema,
  StructuredInputSubmissionSchema,
} from './structured-inputs.ts'
export {
  UserMessageItemSchema,
  AssistantMessageItemSchema,
  ClientToolCallItemSchema,
  WidgetItemSchema,
  GeneratedImageSchema,
  GeneratedImageItemSchema,
  StructuredInputItemSchema,
  WorkflowItemSchema,
  TaskItemSchema,
  HiddenContextItemSchema,
  SDKHiddenContextItemSchema,
  EndOfTurnItemSchema,
  ThreadItemSchema,
} from './items.ts'
export {
  ActiveStatusSchema,
  LockedStatusSchema,
  ClosedStatusSchema,
  ThreadStatusSchema,
  ThreadMetadataSchema,
  PageOfThreadItemSchema,
  ThreadSchema,
  PageOfThreadSchema,
} from './threads.ts'
export {
  AssistantMessageContentPartAddedSchema,
  AssistantMessageContentPartTextDeltaSchema,
  AssistantMessageContentPartAnnotationAddedSchema,
  AssistantMessageContentPartDoneSchema,
  WidgetStreamingTextValueDeltaSchema,
  WidgetComponentUpdatedSchema,
  WidgetRootUpdatedSchema,
  WorkflowTaskAddedSchema,
  WorkflowTaskUpdatedSchema,
  GeneratedImageUpdatedSchema,
  ThreadItemUpdateSchema,
} from './updates.ts'
export {
  ThreadCreatedEventSchema,
  ThreadUpdatedEventSchema,
  ThreadItemAddedEventSchema,
  ThreadItemUpdatedEventSchema,
  ThreadItemDoneEventSchema,
  ThreadItemRemovedEventSchema,
  ThreadItemReplacedEventSchema,
  StreamOptionsSchema,
  StreamOptionsEventSchema,
  ProgressUpdateEventSchema,
  ClientEffectEventSchema,
  ErrorCodeSchema,
  ErrorEventSchema,
  NoticeEventSchema,
  ThreadStreamEventSchema,
} from './events.ts'
export {
  RunsResumeParamsSchema,
  RunsStopParamsSchema,
  RunsResumeReqSchema,
  RunsStopReqSchema,
} from './runs.ts'
export {
  ActionSchema,
  ThreadsCreateReqSchema,
  ThreadsAddUserMessageReqSchema,
  ThreadsAddClientToolOutputReqSchema,
  ThreadsAddStructuredInputReqSchema,
  ThreadsRetryAfterItemReqSchema,
  ThreadsCustomActionReqSchema,
  ThreadsSyncCustomActionReqSchema,
  ThreadsGetByIdReqSchema,
  ThreadsListReqSchema,
  ThreadsUpdateReqSchema,
  ThreadsDeleteReqSchema,
  ItemsListReqSchema,
  ItemsFeedbackReqSchema,
  AttachmentsCreateReqSchema,
  AttachmentsDeleteReqSchema,
  InputTranscribeReqSchema,
  StreamingReqSchema,
  NonStreamingReqSchema,
  ChatKitReqSchema,
  SyncCustomActionResponseSchema,
  TranscriptionResultSchema,
} from './requests.ts'
export { ActionConfigSchema, ThemeColorSchema, SpacingSchema, BorderSchema, BordersSchema } from './widgets/values.ts'
export {
  EditablePropsSchema,
  TextSchema,
  TitleSchema,
  CaptionSchema,
  LabelSchema,
  MarkdownSchema,
  BadgeSchema,
  DividerSchema,
  IconSchema,
  ImageSchema,
  SpacerSchema,
} from './widgets/texts.ts'
export {
  BarSeriesSchema,
  AreaSeriesSchema,
  LineSeriesSchema,
  XAxisConfigSchema,
  ChartSchema,
} from './widgets/charts.ts'
export {
  ButtonSchema,
  CheckboxSchema,
  SelectOptionSchema,
  SelectSchema,
  DatePickerSchema,
  InputSchema,
  TextareaSchema,
  RadioOptionSchema,
  RadioGroupSchema,
} from './widgets/controls.ts'
export {
  DynamicWidgetComponentSchema,
  BoxSchema,
  RowSchema,
  ColSchema,
  FormSchema,
  ListViewItemSchema,
  TransitionSchema,
  KnownWidgetComponentSchema,
  WidgetComponentSchema,
} from './widgets/components.ts'
export {
  WidgetStatusWithFaviconSchema,
  WidgetStatusWithIconSchema,
  CardActionSchema,
  CardSchema,
  ListViewSchema,
  BasicRootSchema,
  DynamicWidgetRootSchema,
  WidgetRootSchema,
} from './widgets/roots.ts'
export { parseRequest } from './parse-request.ts'
