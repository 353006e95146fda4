import { Chat } from '../chat.tsx'
import { showPage } from '../parts/show-page.tsx'

/** The README's component brings no looks: those of the markdown are for what stands below `markdown`. */
function Start() {
  return (
    <div className="markdown">
      <Chat />
    </div>
  )
}

showPage('index', Start)
