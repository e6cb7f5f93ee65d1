// Runs set-engines.ts in a process of its own.

import { fileURLToPath } from 'node:url'
import { unrun } from 'unrun'

await unrun({ path: fileURLToPath(new URL('./set-engines.ts', import.meta.url)) })
