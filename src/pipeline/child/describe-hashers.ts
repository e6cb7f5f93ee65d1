// A child that loads the user's hashers, says what they are and ends.

import { toExhibitHashError } from '../../core/errors.js'
import type { HasherFacts } from '../../core/hasher.js'
import { denyNetwork } from '../../kernels/index.js'
import { describeModules, type LocatedModule } from '../../hashers/index.js'

export type DescribeAnswer = { readonly facts: readonly HasherFacts[] } | { readonly failure: string }

process.once('message', (modules: readonly LocatedModule[]) => {
  // As where they will work.
  denyNetwork()
  describeModules(modules).then(
    (facts) => answer({ facts }),
    (error: unknown) => answer({ failure: toExhibitHashError(error, 'HASHER_UNUSABLE').message })
  )
})

function answer(message: DescribeAnswer): void {
  process.send?.(message)
}
