import { elementScript } from '../../server/element-script.ts'

export const dynamic = 'force-static'

/** What the element fetches with the first formula, from where it came itself. */
export const GET = () => elementScript('chatkit-math.js')
