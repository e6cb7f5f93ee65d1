// Videos told by their first bytes: those that FFmpeg writes, and what only looks like one.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasVideoReader, SNIFF_BYTES, sniffFormat } from '../../src/decode/index.js'
import { suiteFolder } from '../support/temp.js'
import { canEncode, CODING, pattern, videoTool } from '../support/videos.js'

const folder = suiteFolder()

const box = (name: string, bytes = 16): Buffer => {
  const box = Buffer.alloc(bytes)
  box.writeUInt32BE(bytes)
  box.write(name, 4, 'latin1')
  return box
}

const packets = (count: number, bytes: number, first: number): Buffer => {
  const stream = Buffer.alloc(count * bytes, 0xff)
  for (let i = 0; i < count; i++) stream[first + i * bytes] = 0x47
  return stream
}

describe('videos as FFmpeg writes them', () => {
  test.for<[string, string, string, string[]]>([
    ['a.mp4', 'mp4', 'mpeg4', []],
    ['fragmented.mp4', 'mp4', 'mpeg4', ['-movflags', 'frag_keyframe+empty_moov']],
    ['a.mov', 'quicktime', 'mpeg4', []],
    ['a.3gp', '3gp', 'mpeg4', []],
    ['a.mkv', 'matroska', 'mpeg4', []],
    ['a.webm', 'webm', 'libvpx', []],
    ['a.avi', 'avi', 'mpeg4', []],
    ['a.flv', 'flv', 'flv', []],
    ['a.wmv', 'asf', 'wmv2', []],
    ['a.mpg', 'mpeg', 'mpeg2video', []],
    ['a.m1v', 'mpeg-video', 'mpeg1video', []],
    ['a.ts', 'mpeg-ts', 'mpeg2video', []],
    ['a.m2ts', 'mpeg-ts', 'mpeg2video', ['-f', 'mpegts', '-mpegts_m2ts_mode', '1']],
    ['a.ogv', 'ogg', 'libtheora', []],
    ['a.mxf', 'mxf', 'mpeg2video', []],
    ['a.ivf', 'ivf', 'libvpx', []]
  ])('%s is %s', ([name, format, codec, more], context) => {
    videoTool(context)
    if (!canEncode(codec)) return context.skip(`this FFmpeg does not write ${codec}`)
    const coding = codec === 'mpeg4' ? CODING : ['-c:v', codec, '-pix_fmt', 'yuv420p']
    const head = readFileSync(pattern(join(folder, name), { size: '128x96', seconds: 1 }, ...coding, ...more))
    expect(sniffFormat(head.subarray(0, SNIFF_BYTES))).toEqual({ kind: 'video', format })
    expect(hasVideoReader(format)).toBe(true)
  })
})

describe('by hand', () => {
  test.each<[string, string | undefined, Buffer]>([
    ['QuickTime from before ftyp', 'quicktime', box('moov')],
    ['a recording whose end was never written', 'quicktime', box('mdat')],
    ['QuickTime that begins with room', 'quicktime', Buffer.concat([box('free'), box('mdat')])],
    ['room alone', undefined, box('free')],
    ['room that claims to end nowhere', undefined, Buffer.from('\0\0\0\0skipmdatmdat', 'latin1')],
    ['packets of 188 bytes', 'mpeg-ts', packets(6, 188, 0)],
    ['packets of 192 bytes', 'mpeg-ts', packets(6, 192, 4)],
    ['two packets, all there are', 'mpeg-ts', packets(2, 188, 0)],
    ['a text that begins with G', undefined, Buffer.from('G'.padEnd(188, 'o').repeat(1))],
    ['RealMedia', 'realmedia', Buffer.from('.RMF\0\0\0\x12', 'latin1')],
    ['Ogg with sound', 'ogg', Buffer.from(`OggS${'\0'.repeat(24)}\x01vorbis`, 'latin1')],
    ['3GPP2', '3gp', Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from('ftyp3g2a\0\0\0\0', 'latin1')])]
  ])('%s: %s', (_, format, bytes) => {
    expect(sniffFormat(bytes)?.format).toBe(format)
    for (let length = 0; length < bytes.length; length++)
      expect(() => sniffFormat(bytes.subarray(0, length))).not.toThrow()
  })

  test('sound in Ogg is no video', () => {
    expect(sniffFormat(Buffer.from(`OggS${'\0'.repeat(24)}OpusHead`, 'latin1'))?.kind).toBe('other')
    expect(sniffFormat(Buffer.from(`OggS${'\0'.repeat(24)}\x80theora`, 'latin1'))?.kind).toBe('video')
  })

  test.each([
    ['HLS', '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.ts\n#EXT-X-ENDLIST\n'],
    ['a list to be joined', "ffconcat version 1.0\nfile 'other.mp4'\n"],
    ['DASH', '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'],
    ['a session description', 'v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n'],
    ['ASX', '<asx version="3.0"><entry><ref href="file:///etc/hostname"/></entry></asx>']
  ])('%s is no video', (_, text) => {
    expect(sniffFormat(Buffer.from(text))).toBeNull()
  })
})
