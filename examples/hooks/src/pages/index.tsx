import { Chat } from '../chat.tsx'
import { showPage } from '../parts/show-page.tsx'

showPage('index', Chat)
