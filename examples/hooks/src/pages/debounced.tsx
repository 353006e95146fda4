import { AnswersWhileTyping } from '../debounced.tsx'
import { showPage } from '../parts/show-page.tsx'

showPage('debounced', AnswersWhileTyping)
