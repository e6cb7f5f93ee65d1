// `hashFile` and `decodeImage`: one file by path, bytes or stream, with the same answer.

import { createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { decodeImage, hashFile, pdq, scan, type HashedFile } from 'exhibit-hash'
import { conformance, hexDistance, image } from '../support/fixtures.js'
import { tempFolder } from '../support/temp.js'
import { digestHex } from '../support/vics.js'

const withoutTimes = ({ times: _, ...rest }: HashedFile) => rest

describe('hashFile', () => {
  test.each(['scene-05-256x256.png', 'edit-02-half.jpg', 'gif-01-320x240.gif', 'avif-01-640x480.avif'])(
    'says the same of %s by path, as bytes and as a stream, and scan too',
    async (name) => {
      const path = image(name)
      const byPath = withoutTimes(await hashFile(path, { preview: true }))
      expect(byPath.error).toBeNull()
      expect(await hashFile(readFileSync(path), { preview: true })).toEqual(byPath)
      expect(await hashFile(new Uint8Array(readFileSync(path)), { preview: true })).toEqual(byPath)
      const stream = createReadStream(path, { highWaterMark: 1000 })
      expect(await hashFile(stream, { preview: true })).toEqual(byPath)
      for await (const record of scan([path], { hashes: 'all', preview: true, isolation: 'none' })) {
        expect(record).toMatchObject(byPath)
      }
    }
  )

  test('gives digests of what is no picture, and no error where its name promised none', async () => {
    const path = join(tempFolder(), 'notes.txt')
    writeFileSync(path, 'notes')
    const digests = { md5: digestHex('md5', 'notes'), sha256: digestHex('sha256', 'notes') }
    expect(await hashFile(path)).toMatchObject({ sizeBytes: 5, digests, media: null, hashes: null, error: null })
    expect(await hashFile(Readable.from(['no', 'tes']))).toMatchObject({ sizeBytes: 5, digests, error: null })
  })

  test('computes only the hashes that are asked for', async () => {
    const { hashes } = await hashFile(image('scene-01-64x64.png'), { hashes: ['dhash', 'pdq'] })
    expect(Object.keys(hashes ?? {}).sort()).toEqual(['dhash', 'pdq', 'pdqQuality'])
    expect((await hashFile(image('scene-01-64x64.png'), { hashes: [] })).hashes).toEqual({})
  })

  test('refuses a missing file and a folder by code, and names it', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'sub'))
    const gone = join(folder, 'gone.jpg')
    await expect(hashFile(gone)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND', path: gone, stage: 'read' })
    const sub = join(folder, 'sub')
    await expect(hashFile(sub)).rejects.toMatchObject({ code: 'READ_FAILED', path: sub })
  })

  test('passes on that a stream failed, as READ_FAILED', async () => {
    const failing = new Readable({ read: () => failing.destroy(new Error('the drive is gone')) })
    await expect(hashFile(failing)).rejects.toMatchObject({ code: 'READ_FAILED', message: 'the drive is gone' })
  })
})

describe('decodeImage', () => {
  test('gives the pixels of a small picture as they are stored', async () => {
    for (const row of conformance('pdq-pixels.csv')) {
      const { data, width, height, channels } = await decodeImage(image(row.file))
      expect([width, height], row.file).toEqual([Number(row.width), Number(row.height)])
      const pixels = row.channels === '1' ? data.filter((_, i) => i % channels === 0) : data
      expect(digestHex('sha256', pixels), row.file).toBe(row.pixels_sha256)
    }
  })

  test('gives at most 512 pixels a side of a large one, by path, bytes or stream', async () => {
    const path = image('edit-00-original.jpg')
    const raster = await decodeImage(path)
    expect([raster.width, raster.height, raster.channels]).toEqual([512, 512, 1])
    expect(raster.data).toHaveLength(512 * 512)
    for (const input of [readFileSync(path), createReadStream(path)]) {
      const { data, width, height } = await decodeImage(input)
      expect([width, height, Buffer.from(data).equals(raster.data)]).toEqual([512, 512, true])
    }
    expect(pdq(raster).hex).toBe((await hashFile(path)).hashes?.pdq)
  })

  test('gives luma of a JPEG, and colours where they are asked for', async () => {
    const path = image('edit-03-thumb.jpg')
    const [luma, colour] = await Promise.all([decodeImage(path), decodeImage(path, { colour: true })])
    expect([luma.channels, colour.channels]).toEqual([1, 3])
    expect([colour.width, colour.height]).toEqual([luma.width, luma.height])
    expect(hexDistance(pdq(luma).hex, pdq(colour).hex)).toBeLessThanOrEqual(4)
  })

  test('does not turn a picture as its EXIF data say', async () => {
    const turned = await Promise.all([3, 6, 8].map((n) => decodeImage(image(`exif-orientation-${n}.jpg`))))
    for (const raster of turned) expect(pdq(raster).hex).toBe(pdq(turned[0]).hex)
  })

  test.each<[string, Uint8Array, string]>([
    ['a text', Buffer.from('no picture'), 'NOT_AN_IMAGE'],
    ['nothing', Buffer.alloc(0), 'NOT_AN_IMAGE'],
    ['a video', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomavc1', 'latin1'), 'NOT_AN_IMAGE'],
    ['a JPEG without pixels', readFileSync(image('edit-00-original.jpg')).subarray(0, 20), 'DECODE_FAILED']
  ])('refuses %s by code', async (_, bytes, code) => {
    await expect(decodeImage(bytes)).rejects.toMatchObject({ name: 'ExhibitHashError', code })
  })

  test('refuses a missing file and too many pixels by code', async () => {
    const gone = join(tempFolder(), 'gone.jpg')
    await expect(decodeImage(gone)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND', path: gone })
    await expect(decodeImage(image('scene-05-256x256.png'), { maxPixels: 1000 })).rejects.toMatchObject({
      code: 'PIXEL_LIMIT'
    })
  })
})
