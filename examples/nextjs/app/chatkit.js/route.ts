import { elementScript } from '../../server/element-script.ts'

export const dynamic = 'force-static'

export const GET = () => elementScript('chatkit.js')
