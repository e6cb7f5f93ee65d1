// The moods of the demo's pictures: which colours go together.

import type { Colour } from './canvas.js'

export interface Palette {
  readonly name: string
  /** Top, middle and horizon of the sky. */
  readonly sky: readonly [Colour, Colour, Colour]
  readonly cloudLit: Colour
  readonly cloudShade: Colour
  readonly sun: Colour
  /** Land far away and near. */
  readonly far: Colour
  readonly near: Colour
  readonly snow: Colour
  readonly ground: Colour
  readonly water: Colour
  readonly foliage: readonly [Colour, ...Colour[]]
  readonly walls: readonly [Colour, ...Colour[]]
  readonly roofs: readonly [Colour, ...Colour[]]
  /** Stars out, windows lit. */
  readonly night: boolean
}

function rgb(code: number): Colour {
  return [code >> 16, (code >> 8) & 255, code & 255]
}

function all(first: number, ...others: number[]): [Colour, ...Colour[]] {
  return [rgb(first), ...others.map(rgb)]
}

type Codes = Omit<{ [K in keyof Palette]: number }, 'name' | 'sky' | 'foliage' | 'walls' | 'roofs' | 'night'>

interface Lists {
  readonly sky: readonly [number, number, number]
  readonly foliage: readonly [number, ...number[]]
  readonly walls: readonly [number, ...number[]]
  readonly roofs: readonly [number, ...number[]]
  readonly night?: boolean
}

function palette(name: string, lists: Lists, codes: Codes): Palette {
  const { sky, foliage, walls, roofs, night = false } = lists
  return {
    name,
    night,
    sky: [rgb(sky[0]), rgb(sky[1]), rgb(sky[2])],
    foliage: all(...foliage),
    walls: all(...walls),
    roofs: all(...roofs),
    cloudLit: rgb(codes.cloudLit),
    cloudShade: rgb(codes.cloudShade),
    sun: rgb(codes.sun),
    far: rgb(codes.far),
    near: rgb(codes.near),
    snow: rgb(codes.snow),
    ground: rgb(codes.ground),
    water: rgb(codes.water)
  }
}

const PAINTED_WALLS = [0xf3e3c3, 0xe8b46a, 0xd9705a, 0x8fb8a8, 0xf0f0e8, 0xc98ba0] as const
const TILES = [0xa5432f, 0x8c3a34, 0xb5603a, 0x5a5560] as const

export const PALETTES: readonly [Palette, ...Palette[]] = [
  palette(
    'noon',
    {
      sky: [0x2f7fd0, 0x6fb2e6, 0xcfe8f2],
      foliage: [0x2f6b35, 0x4b8a3a, 0x7aa846],
      walls: PAINTED_WALLS,
      roofs: TILES
    },
    {
      cloudLit: 0xffffff,
      cloudShade: 0x9fb4cc,
      sun: 0xfff6d8,
      far: 0x7f9fc0,
      near: 0x3f7048,
      snow: 0xf6faff,
      ground: 0x86ab4b,
      water: 0x2a6c94
    }
  ),
  palette(
    'dawn',
    {
      sky: [0x4a5a9a, 0xd98fa0, 0xffd9a8],
      foliage: [0x3a4a4e, 0x55604c, 0x7a6f50],
      walls: PAINTED_WALLS,
      roofs: [0x7a3b3f, 0x5b3a52]
    },
    {
      cloudLit: 0xffd3b8,
      cloudShade: 0x7d6a94,
      sun: 0xfff1c2,
      far: 0x9a86ab,
      near: 0x43496a,
      snow: 0xffe3dc,
      ground: 0x7c7a58,
      water: 0x5a6592
    }
  ),
  palette(
    'dusk',
    {
      sky: [0x2a2350, 0xa8446b, 0xff9a55],
      foliage: [0x1d2238, 0x2e2c40, 0x463a45],
      walls: [0xc98f6a, 0xa86a5a, 0xd8b08a],
      roofs: [0x4a2433, 0x362238]
    },
    {
      cloudLit: 0xff8f63,
      cloudShade: 0x4e2e5e,
      sun: 0xffe08a,
      far: 0x8a4a72,
      near: 0x2a2244,
      snow: 0xf0b0a8,
      ground: 0x3e3444,
      water: 0x5a3560
    }
  ),
  palette(
    'night',
    {
      sky: [0x060b24, 0x14265a, 0x3d5d8f],
      foliage: [0x0c2230, 0x143a38, 0x244a48],
      walls: [0x4d5a78, 0x5e5a70, 0x3e4a66],
      roofs: [0x262c48, 0x33283e],
      night: true
    },
    {
      cloudLit: 0x6d83b0,
      cloudShade: 0x18264e,
      sun: 0xfdf8e4,
      far: 0x3c5c94,
      near: 0x14284a,
      snow: 0xa8c0e8,
      ground: 0x2c4a58,
      water: 0x122a54
    }
  ),
  palette(
    'autumn',
    {
      sky: [0x7f9db8, 0xb8c6cc, 0xf3e6c8],
      foliage: [0xb5502a, 0xd8902f, 0x8a3a2c, 0xe0b84a],
      walls: [0xf0e6d2, 0xd8c8a8, 0xa8684a],
      roofs: [0x5d4038, 0x74453a]
    },
    {
      cloudLit: 0xfff7e6,
      cloudShade: 0xa0a4ac,
      sun: 0xfff0c0,
      far: 0x98a0a8,
      near: 0x8a5c34,
      snow: 0xf4efe4,
      ground: 0xb8903f,
      water: 0x57727e
    }
  ),
  palette(
    'winter',
    {
      sky: [0x8fb4d6, 0xc4d9e8, 0xf7e9e4],
      foliage: [0x2e4a50, 0x47646a, 0x6f8a90],
      walls: [0xb5533f, 0x8f5a44, 0xd8b98a, 0x4f6d80],
      roofs: [0xf2f6fa, 0xe4ecf4]
    },
    {
      cloudLit: 0xffffff,
      cloudShade: 0xb4c4d6,
      sun: 0xfff3dc,
      far: 0xa8bfd4,
      near: 0x6f8ca6,
      snow: 0xffffff,
      ground: 0xeaf1f7,
      water: 0x7fa6bf
    }
  ),
  palette(
    'desert',
    {
      sky: [0x3f8fc4, 0x9fcbd6, 0xfbe3b8],
      foliage: [0x4e7048, 0x6f8a4e, 0x8a9458],
      walls: [0xe8c490, 0xd8a870, 0xf2dcb4],
      roofs: [0xb0643c, 0xc88450]
    },
    {
      cloudLit: 0xfff4e0,
      cloudShade: 0xd0b8a0,
      sun: 0xffffe6,
      far: 0xc88a74,
      near: 0x9a4a32,
      snow: 0xf2c48e,
      ground: 0xe0a862,
      water: 0x3a8a9a
    }
  ),
  palette(
    'tropic',
    {
      sky: [0x1a6fb8, 0x3fb4d8, 0xbdf0e6],
      foliage: [0x1c6a4c, 0x2f9458, 0x76b848],
      walls: [0xfff2d0, 0xff9f80, 0x70d0c0, 0xffd860],
      roofs: [0xd8503c, 0x2f7f94, 0xe88a3c]
    },
    {
      cloudLit: 0xffffff,
      cloudShade: 0x8ac4d4,
      sun: 0xfffbe0,
      far: 0x4fa0a8,
      near: 0x1f6a58,
      snow: 0xf4f0d8,
      ground: 0xf0dca0,
      water: 0x1a9aa8
    }
  ),
  palette(
    'storm',
    {
      sky: [0x3a4450, 0x6f7c84, 0xc8c8a8],
      foliage: [0x26382e, 0x3a5038, 0x5c6a40],
      walls: [0xe8e4d8, 0xb8b0a0, 0xc87058],
      roofs: [0x3c4048, 0x6a4038]
    },
    {
      cloudLit: 0xc4ccd0,
      cloudShade: 0x343c48,
      sun: 0xf8f0c8,
      far: 0x66747c,
      near: 0x38483c,
      snow: 0xdce4e6,
      ground: 0x7f8a4a,
      water: 0x3c525c
    }
  ),
  palette(
    'mint',
    {
      sky: [0x5fb0a8, 0xa8dcc4, 0xfdf3cc],
      foliage: [0x2a7068, 0x4a9478, 0xd87a6a],
      walls: [0xfffaf0, 0xf7b8a0, 0xffe0a0],
      roofs: [0xd8605a, 0x3a6a74]
    },
    {
      cloudLit: 0xfffdf2,
      cloudShade: 0x88c0b8,
      sun: 0xfff6b0,
      far: 0x7fb8b4,
      near: 0x2c6470,
      snow: 0xfffaf0,
      ground: 0x9cc48a,
      water: 0x3a8c94
    }
  )
]
