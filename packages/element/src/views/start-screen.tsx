import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'

/** Greeting and prompts of a new thread; a prompt is sent as it is (O66–O69). */
export function StartScreen() {
  const chat = useChat()
  const { greeting, prompts } = chat.options.value.startScreen
  return (
    <div class="start-screen" part="start-screen">
      <h1 class="greeting" part="greeting" dir="auto">
        {greeting ?? chat.messages.value.greeting}
      </h1>
      {prompts.length > 0 && (
        <ul class="prompts">
          {prompts.map((prompt) => (
            <li key={prompt.label}>
              <button type="button" class="prompt" part="prompt" onClick={() => void chat.sendPrompt(prompt)}>
                {prompt.icon && <Icon name={prompt.icon} />}
                <span dir="auto">{prompt.label}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
