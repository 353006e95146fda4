/** The script `chatkit-math.js`, which `chatkit.js` fetches from its own folder with the first formula. */
import { katexMath } from '@millrace/markdown/katex'

export const drawMath = katexMath()
