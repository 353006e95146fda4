/** Every text of the chat itself. What a page gives as an option (greeting, prompts, placeholder) is never translated. */
export interface Messages {
  chat: string
  greeting: string
  placeholder: string
  newThread: string
  newChat: string
  history: string
  closeHistory: string
  historyEmpty: string
  historyLoading: string
  loadMore: string
  threadActions: (title: string) => string
  rename: string
  renameThread: string
  delete: string
  deleteQuestion: (title: string) => string
  cancel: string
  save: string
  send: string
  stop: string
  attach: string
  more: string
  attachments: string
  removeAttachment: (name: string) => string
  retryUpload: (name: string) => string
  uploading: (name: string) => string
  dropFiles: string
  tools: string
  removeTool: (name: string) => string
  model: string
  removeTag: (name: string) => string
  removeQuote: string
  quote: string
  clear: string
  you: string
  assistant: string
  conversation: string
  working: string
  responseDone: string
  thinking: string
  thoughtFor: (seconds: number) => string
  workDone: string
  searching: (query: string) => string
  searchedWeb: string
  readFiles: string
  madeImage: string
  thought: string
  loading: string
  done: string
  image: string
  imageProgress: (share: number) => string
  download: string
  enlarge: string
  close: string
  sources: (count: number) => string
  source: (number: number, title: string) => string
  copy: string
  copied: string
  goodResponse: string
  badResponse: string
  retryResponse: string
  retry: string
  responseError: string
  loadError: string
  uploadError: (name: string) => string
  fileTooLarge: (name: string, limit: string) => string
  fileType: (name: string, accepted: string) => string
  tooManyFiles: (limit: number) => string
  dismiss: string
  showLatest: string
  reconnecting: string
  offline: string
  threadClosed: string
  threadLocked: string
  submit: string
  skip: string
  skipped: string
  otherAnswer: string
  yourAnswer: string
  showMore: (count: number) => string
  selectPlaceholder: string
  headerAction: (icon: string) => string
}
