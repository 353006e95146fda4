import type { CustomTask, FileTask, ImageTask, SearchTask, Task, TaskItem, ThoughtTask } from '@millrace/protocol'
import type { ComponentChildren } from 'preact'
import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import type { Messages } from '../locales/messages.ts'
import { MarkdownText } from './markdown-text.tsx'
import { siteOf } from './sources.tsx'

type TaskBody<T extends Task> = (props: { task: T; isLive: boolean }) => ComponentChildren

/** What each type of task shows under its title. */
const taskBodies: { [K in Task['type']]: TaskBody<Extract<Task, { type: K }>> } = {
  custom: CustomBody,
  web_search: SearchBody,
  thought: ThoughtBody,
  file: FileBody,
  image: ImageBody,
}

const taskIcons: Record<Task['type'], string | undefined> = {
  custom: undefined,
  web_search: 'globe',
  thought: undefined,
  file: 'document',
  image: 'images',
}

/** A task that stands alone in the thread; it has no indicator (P33). */
export function TaskItemView({ item, isLive }: { item: TaskItem; isLive: boolean }) {
  return (
    <div class="task-item" part="task">
      <TaskView task={item.task} isLive={isLive} />
    </div>
  )
}

export function TaskView({ task, isLive, inWorkflow = false }: { task: Task; isLive: boolean; inWorkflow?: boolean }) {
  const texts = useChat().messages.value
  // Looked up by the task's own type; the cast only widens the body to the union. A type of a newer server has a title at most.
  const Body = taskBodies[task.type] as TaskBody<Task> | undefined
  const title = taskTitle(task, texts)
  return (
    <div class="task-view">
      {title && (
        <div class="task-title">
          <TaskMark task={task} inWorkflow={inWorkflow} />
          <span dir="auto">{title}</span>
        </div>
      )}
      {Body && <Body task={task} isLive={isLive} />}
    </div>
  )
}

function TaskMark({ task, inWorkflow }: { task: Task; inWorkflow: boolean }) {
  const texts = useChat().messages.value
  const status = inWorkflow ? task.status_indicator : 'none'
  if (status === 'loading') return <span class="spinner" role="img" aria-label={texts.loading} />
  if (status === 'complete') {
    return (
      <span role="img" aria-label={texts.done} class="task-done">
        <Icon name="check" size={16} />
      </span>
    )
  }
  const icon = (task.type === 'custom' ? task.icon : undefined) ?? taskIcons[task.type]
  return icon ? <Icon name={icon} size={16} /> : null
}

/** The line that names a task; empty where its body says everything. */
export function taskTitle(task: Task, texts: Messages): string {
  if (task.title) return task.title
  switch (task.type) {
    case 'web_search':
      return task.title_query ? texts.searching(task.title_query) : texts.searchedWeb
    case 'file':
      return texts.readFiles
    case 'image':
      return texts.madeImage
    case 'custom':
    case 'thought':
      return ''
    default:
      return task satisfies never
  }
}

function CustomBody({ task, isLive }: { task: CustomTask; isLive: boolean }) {
  return task.content ? <MarkdownText text={task.content} isLive={isLive} /> : null
}

function ThoughtBody({ task, isLive }: { task: ThoughtTask; isLive: boolean }) {
  return <MarkdownText text={task.content} isLive={isLive} />
}

function SearchBody({ task }: { task: SearchTask }) {
  const queries = task.queries ?? []
  const sources = task.sources ?? []
  if (queries.length === 0 && sources.length === 0) return null
  return (
    <ul class="task-chips">
      {queries.map((query) => (
        <li key={query} class="chip">
          <Icon name="search" size={14} />
          <span dir="auto">{query}</span>
        </li>
      ))}
      {sources.map((source) => (
        <li key={source.url}>
          {/^https?:/i.test(source.url) ? (
            <a class="chip" href={source.url} target="_blank" rel="noopener noreferrer" title={source.title}>
              {siteOf(source)}
            </a>
          ) : (
            <span class="chip">{source.title}</span>
          )}
        </li>
      ))}
    </ul>
  )
}

function FileBody({ task }: { task: FileTask }) {
  const sources = task.sources ?? []
  if (sources.length === 0) return null
  return (
    <ul class="task-chips">
      {sources.map((source) => (
        <li key={source.filename} class="chip">
          <Icon name="document" size={14} />
          <span dir="auto">{source.title}</span>
        </li>
      ))}
    </ul>
  )
}

function ImageBody({ task: _task }: { task: ImageTask }) {
  return null
}
