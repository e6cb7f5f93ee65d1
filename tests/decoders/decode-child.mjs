// Decodes what it is sent, in a process of its own, so that a picture that never ends can be stopped from outside.

import { hashFile } from 'exhibit-hash'

process.on('message', async (bytes) => {
  try {
    const { error, media } = await hashFile(bytes, { hashes: ['pdq'] })
    // Too short to be told for a picture.
    const unknown = media === null ? 'NOT_AN_IMAGE' : null
    process.send({ code: error?.code ?? unknown, message: error?.message, partial: media?.partial === true })
  } catch (error) {
    process.send({ code: error?.code ?? 'UNCODED', message: String(error) })
  }
})
