import type { GeneratedImageItem } from '@millrace/protocol'
import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'

/** A placeholder, partial images, the image: one box that keeps its place (P34). A click shows it large. */
export function GeneratedImage({ item, isLive }: { item: GeneratedImageItem; isLive: boolean }) {
  const chat = useChat()
  const texts = chat.messages.value
  const url = item.image?.url
  if (!url || !/^(https?:|data:image\/|blob:|\/|\.)/i.test(url)) {
    return isLive ? <div class="generated-image placeholder" role="status" aria-label={texts.loading} /> : null
  }
  const progress = chat.imageProgress.value[item.id]
  return (
    <button
      type="button"
      class="generated-image"
      part="generated-image"
      aria-label={texts.enlarge}
      onClick={() => {
        chat.enlarged.value = url
      }}
    >
      <img src={url} alt={texts.image} />
      {isLive && progress !== undefined && progress < 1 && (
        <progress class="image-progress" aria-label={texts.imageProgress(progress)} value={progress} max={1} />
      )}
    </button>
  )
}

/** The image over the whole chat, with a way to save it; Escape or a click closes it. */
export function EnlargedImage() {
  const chat = useChat()
  const texts = chat.messages.value
  const url = chat.enlarged.value
  if (!url) return null
  const close = () => {
    chat.enlarged.value = null
  }
  return (
    <div
      class="enlarged"
      role="dialog"
      aria-modal="true"
      aria-label={texts.image}
      onClick={close}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        close()
      }}
    >
      <img src={url} alt={texts.image} />
      <div class="enlarged-bar">
        <a class="text-button" href={url} download="image" onClick={(event) => event.stopPropagation()}>
          <Icon name="download" size={16} />
          {texts.download}
        </a>
        <button type="button" class="text-button" ref={(button) => button?.focus()} onClick={close}>
          {texts.close}
        </button>
      </div>
    </div>
  )
}
