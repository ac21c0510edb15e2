import { describe, expect, test } from 'vitest'
import { toFloat } from '../../../frontend/src/audio/pcm.ts'
import { PlaybackQueue } from '../../../frontend/src/audio/playback-queue.ts'
import { ramp, sine } from '../support/sound.ts'

const RATE = 16_000
const MS = RATE / 1_000

/** A queue that runs at the streams' own rate, so that every sample can be recognised. */
function stage(contextRate = RATE) {
  const queue = new PlaybackQueue(contextRate)
  const heard: number[] = []
  const seqs = new Map<string, { seq: number; offset: number }>()
  const start = (epoch: number, stream: number, sampleRate = RATE) =>
    queue.start({ epoch, stream, sampleRate })
  const push = ([epoch, stream]: [number, number], pcm: Int16Array<ArrayBuffer>, isLast = false) => {
    const { seq, offset } = seqs.get(`${epoch}:${stream}`) ?? { seq: 0, offset: 0 }
    queue.push({ epoch, stream, seq, offset, isLast, pcm })
    seqs.set(`${epoch}:${stream}`, { seq: seq + 1, offset: offset + pcm.length })
  }
  const render = (samples: number) => {
    const output = new Float32Array(samples)
    for (let at = 0; at < samples; at += 128) queue.render(output.subarray(at, Math.min(samples, at + 128)))
    heard.push(...output)
    return output
  }
  return { queue, heard, start, push, render }
}

/** What was heard, without the silence before and after. */
function sounding(heard: readonly number[]): number[] {
  const first = heard.findIndex((sample) => sample !== 0)
  return first === -1 ? [] : heard.slice(first, heard.findLastIndex((sample) => sample !== 0) + 1)
}

describe('gaplessness', () => {
  test('PlaybackQueue plays the frames of a stream bit-exact and without a gap', () => {
    const { push, start, render, heard } = stage()
    const pcm = ramp(8_000)
    start(1, 1)
    for (let at = 0; at < pcm.length; at += 320) push([1, 1], pcm.slice(at, at + 320), at + 320 >= pcm.length)
    render(9_000)
    expect(sounding(heard)).toEqual([...toFloat(pcm)])
  })

  test('PlaybackQueue plays the next stream of a turn right behind the one before', () => {
    const { push, start, render, heard } = stage()
    const [nora, finn] = [ramp(3_001), ramp(3_003, 11)]
    start(1, 1)
    push([1, 1], nora, true)
    start(1, 2)
    push([1, 2], finn, true)
    render(8_000)
    expect(sounding(heard)).toEqual([...toFloat(nora), ...toFloat(finn)])
  })

  test('PlaybackQueue plays frames that come while it is playing', () => {
    const { push, start, render, heard } = stage()
    const pcm = ramp(16_000)
    start(1, 1)
    push([1, 1], pcm.slice(0, 4_000))
    for (let at = 4_000; at < pcm.length; at += 320) {
      push([1, 1], pcm.slice(at, at + 320))
      render(320)
    }
    render(16_000)
    expect(sounding(heard)).toEqual([...toFloat(pcm)])
  })

  test('PlaybackQueue plays a stream of another rate at the right pitch and length', () => {
    const { queue, push, start, render, heard } = stage(48_000)
    start(1, 1, 24_000)
    const tone = sine({ hz: 1_000, rate: 24_000, count: 24_000 })
    push(
      [1, 1],
      Int16Array.from(tone, (value) => Math.round(value * 32_767)),
      true,
    )
    render(60_000)
    const expected = sine({ hz: 1_000, rate: 48_000, count: 48_000 })
    const worst = Math.max(
      ...expected.slice(500, 47_500).map((value, i) => Math.abs(value - (heard[500 + i] ?? 0))),
    )
    expect(worst).toBeLessThan(0.001)
    expect(queue.takeReport().positions).toMatchObject([{ samples: 24_000, isFinal: true }])
  })
})

describe('prebuffering', () => {
  test('PlaybackQueue waits until 100 ms are there', () => {
    const { push, start, render } = stage()
    start(1, 1)
    push([1, 1], ramp(99 * MS))
    expect(render(128).every((sample) => sample === 0)).toBe(true)
    push([1, 1], ramp(MS))
    expect(render(128).every((sample) => sample !== 0)).toBe(true)
  })

  test('PlaybackQueue does not wait for more than has been promised', () => {
    const { push, start, render } = stage()
    start(1, 1)
    push([1, 1], ramp(10 * MS), true)
    expect(sounding([...render(1_000)])).toHaveLength(10 * MS)
  })

  test('PlaybackQueue lets the first sample wait no longer than 100 ms', () => {
    const { push, start, render } = stage()
    start(1, 1)
    push([1, 1], ramp(50 * MS))
    expect(sounding([...render(99 * MS)])).toEqual([])
    expect(sounding([...render(200 * MS)])).toHaveLength(50 * MS)
  })

  test('endTurn() lets out a stream whose end got lost', () => {
    const { queue, push, start, render } = stage()
    start(1, 1)
    push([1, 1], ramp(20 * MS))
    queue.endTurn(1)
    expect(sounding([...render(1_000)])).toHaveLength(20 * MS)
    expect(queue.takeReport().positions).toMatchObject([{ samples: 20 * MS, isFinal: true }])
  })

  test('PlaybackQueue counts how often sound ran out in the middle of a stream', () => {
    const { queue, push, start, render, heard } = stage()
    const pcm = ramp(400 * MS)
    start(1, 1)
    push([1, 1], pcm.slice(0, 200 * MS))
    render(250 * MS)
    push([1, 1], pcm.slice(200 * MS), true)
    render(300 * MS)
    expect(queue.takeReport().underruns).toBe(1)
    expect(heard.filter((sample) => sample !== 0)).toEqual([...toFloat(pcm)])
  })

  test('PlaybackQueue keeps a larger reserve after it ran out for a moment', () => {
    const { push, start, render } = stage()
    start(1, 1)
    push([1, 1], ramp(100 * MS))
    render(120 * MS)
    push([1, 1], ramp(100 * MS))
    render(128)
    start(1, 2)
    push([1, 1], ramp(10 * MS), true)
    render(110 * MS)
    push([1, 2], ramp(120 * MS))
    expect(sounding([...render(128)])).toEqual([])
  })
})

describe('counting', () => {
  test('PlaybackQueue counts exactly what it has rendered of each stream', () => {
    const { queue, push, start, render } = stage()
    start(1, 1)
    push([1, 1], ramp(2_000), true)
    start(1, 2)
    push([1, 2], ramp(2_000), true)
    render(1_280)
    expect(queue.takeReport().positions).toEqual([
      { epoch: 1, stream: 1, samples: 1_280, sampleRate: RATE, isFinal: false },
    ])
    render(1_280)
    expect(queue.takeReport().positions).toMatchObject([
      { stream: 1, samples: 2_000, isFinal: true },
      { stream: 2, samples: 560, isFinal: false },
    ])
  })

  test('PlaybackQueue is never ahead of what was rendered, at any rate', () => {
    const { queue, push, start, render } = stage(44_100)
    start(1, 1, 24_000)
    push([1, 1], ramp(24_000), true)
    for (let rendered = 128; rendered <= 44_100; rendered += 128) {
      render(128)
      const [position] = queue.takeReport().positions
      expect(position?.samples).toBeLessThanOrEqual((rendered * 24_000) / 44_100)
      expect(position?.samples).toBeGreaterThan((rendered * 24_000) / 44_100 - 1)
    }
  })

  test('PlaybackQueue says what is sounding, from its first sample to its last', () => {
    const { queue, push, start, render } = stage()
    start(3, 9)
    expect(queue.takeReport().playing).toBeNull()
    push([3, 9], ramp(2_000), true)
    render(128)
    expect(queue.takeReport().playing).toEqual({ epoch: 3, stream: 9 })
    render(2_000)
    expect(queue.takeReport().playing).toBeNull()
  })

  test('PlaybackQueue measures the level of what went out', () => {
    const { queue, push, start, render } = stage()
    start(1, 1)
    push([1, 1], new Int16Array(2_000).fill(16_384), true)
    render(1_280)
    expect(queue.takeReport().level).toBeCloseTo(0.5, 5)
    render(1_280)
    render(1_280)
    queue.takeReport()
    render(1_280)
    expect(queue.takeReport().level).toBe(0)
  })
})

describe('what the network does', () => {
  test('PlaybackQueue drops a frame that comes twice', () => {
    const { queue, start, render } = stage()
    const pcm = ramp(2_000)
    const frame = { epoch: 1, stream: 1, seq: 0, offset: 0, isLast: false, pcm }
    start(1, 1)
    queue.push(frame)
    queue.push(frame)
    queue.end(frame)
    expect(sounding([...render(6_000)])).toEqual([...toFloat(pcm)])
    expect(queue.takeReport().dropped).toBe(1)
  })

  test('PlaybackQueue takes only what is new of a frame that overlaps', () => {
    const { queue, start, render } = stage()
    const pcm = ramp(3_000)
    start(1, 1)
    queue.push({ epoch: 1, stream: 1, seq: 0, offset: 0, isLast: false, pcm: pcm.slice(0, 2_000) })
    queue.push({ epoch: 1, stream: 1, seq: 1, offset: 1_000, isLast: true, pcm: pcm.slice(1_000) })
    expect(sounding([...render(6_000)])).toEqual([...toFloat(pcm)])
  })

  test('PlaybackQueue goes on at the right place of the stream when frames were lost', () => {
    const { queue, start, render } = stage()
    const pcm = ramp(6_000)
    start(1, 1)
    queue.push({ epoch: 1, stream: 1, seq: 0, offset: 0, isLast: false, pcm: pcm.slice(0, 2_000) })
    queue.push({ epoch: 1, stream: 1, seq: 5, offset: 4_000, isLast: true, pcm: pcm.slice(4_000) })
    expect(sounding([...render(2_560)])).toEqual([
      ...toFloat(pcm.slice(0, 2_000)),
      ...toFloat(pcm.slice(4_000, 4_560)),
    ])
    expect(queue.takeReport().positions).toMatchObject([{ samples: 4_560, isFinal: false }])
    render(2_560)
    expect(queue.takeReport().positions).toMatchObject([{ samples: 6_000, isFinal: true }])
  })

  test('PlaybackQueue drops frames of a stream that was never announced', () => {
    const { queue, push, render } = stage()
    push([1, 1], ramp(4_000), true)
    expect(sounding([...render(1_000)])).toEqual([])
    expect(queue.takeReport().dropped).toBe(1)
  })

  test('PlaybackQueue understands a last frame without samples', () => {
    const { queue, push, start, render } = stage()
    start(1, 1)
    push([1, 1], ramp(1_000))
    push([1, 1], new Int16Array(0), true)
    render(2_000)
    expect(queue.takeReport().positions).toMatchObject([{ samples: 1_000, isFinal: true }])
    expect(queue.takeReport().dropped).toBe(0)
  })
})

describe('interruption', () => {
  test('cut() fades what is sounding within 15 ms, falling all the way', () => {
    const { queue, start, push, render } = stage()
    start(1, 1)
    push([1, 1], new Int16Array(16_000).fill(16_384), true)
    render(1_280)
    queue.cut(1)
    const after = [...render(1_280)]
    const fade = sounding(after)
    expect(after.indexOf(fade[0] ?? 0)).toBe(0)
    expect(fade.length).toBeGreaterThanOrEqual(15 * MS - 2)
    expect(fade.length).toBeLessThanOrEqual(15 * MS)
    expect(fade.every((sample, i) => sample <= (fade[i - 1] ?? 0.5))).toBe(true)
  })

  test('cut() tells at once how far each stream had got', () => {
    const { queue, start, push, render } = stage()
    start(1, 1)
    push([1, 1], ramp(4_000), true)
    start(1, 2)
    push([1, 2], ramp(4_000), true)
    render(1_280)
    queue.cut(1)
    expect(queue.hasNews).toBe(true)
    expect(queue.takeReport()).toMatchObject({
      playing: null,
      positions: [
        { stream: 1, samples: 1_280, isFinal: true },
        { stream: 2, samples: 0, isFinal: true },
      ],
    })
    render(1_280)
    expect(queue.takeReport().positions).toEqual([])
  })

  test('cut() before anything has sounded leaves silence and a count of zero', () => {
    const { queue, start, push, render } = stage()
    start(1, 1)
    push([1, 1], ramp(20 * MS))
    queue.cut(1)
    push([1, 1], ramp(4_000), true)
    expect(sounding([...render(2_000)])).toEqual([])
    expect(queue.takeReport().positions).toMatchObject([{ samples: 0, isFinal: true }])
  })

  test('cut() leaves later turns alone, and lets no earlier one start any more', () => {
    const { queue, start, push, render } = stage()
    const next = ramp(2_000, 5)
    start(1, 1)
    push([1, 1], ramp(4_000))
    start(2, 2)
    push([2, 2], next, true)
    queue.cut(1)
    start(1, 3)
    push([1, 3], ramp(4_000), true)
    expect(sounding([...render(6_000)])).toEqual([...toFloat(next)])
  })

  test('cut() of a stream with lost frames does not count what was never rendered', () => {
    const { queue, start, render } = stage()
    const pcm = ramp(6_000)
    start(1, 1)
    queue.push({ epoch: 1, stream: 1, seq: 0, offset: 0, isLast: false, pcm: pcm.slice(0, 2_000) })
    queue.push({ epoch: 1, stream: 1, seq: 5, offset: 4_000, isLast: true, pcm: pcm.slice(4_000) })
    render(1_280)
    queue.cut(1)
    expect(queue.takeReport().positions).toMatchObject([{ samples: 1_280, isFinal: true }])
  })

  test('reset() silences everything and takes turns from the beginning again', () => {
    const { queue, start, push, render } = stage()
    start(8, 1)
    push([8, 1], ramp(4_000), true)
    queue.reset()
    start(1, 1)
    push([1, 1], ramp(1_000), true)
    expect(render(2_000).some((sample) => sample !== 0)).toBe(true)
  })
})

describe('volume', () => {
  const steady = new Int16Array(32_000).fill(16_384)

  test('setDucked() goes down to a quarter within 40 ms and comes back', () => {
    const { queue, start, push, render } = stage()
    start(1, 1)
    push([1, 1], steady, true)
    render(1_280)
    queue.setDucked(true)
    expect(render(40 * MS).at(-1)).toBeCloseTo(0.125, 3)
    expect(render(128)[0]).toBeCloseTo(0.125, 3)
    queue.setDucked(false)
    render(40 * MS + 1)
    expect(render(1)[0]).toBe(0.5)
  })

  test('setDucked() makes no click: no two samples in a row differ by more than the ramp', () => {
    const { queue, start, push, render } = stage()
    start(1, 1)
    push([1, 1], steady, true)
    render(1_280)
    queue.setDucked(true)
    const ducking = render(1_280)
    const steps = ducking.slice(1).map((sample, i) => Math.abs(sample - (ducking[i] ?? 0)))
    expect(Math.max(...steps)).toBeLessThan(0.001)
  })

  test('setVoice(false) lets nothing be heard and goes on counting', () => {
    const { queue, start, push, render } = stage()
    queue.setVoice(false)
    render(1_280)
    start(1, 1)
    push([1, 1], steady.slice(0, 4_000), true)
    expect(sounding([...render(1_280)])).toEqual([])
    expect(queue.takeReport().positions).toMatchObject([{ samples: 1_280 }])
  })

  test('setMuted() silences one stream, and the next one is heard', () => {
    const { queue, start, push, render } = stage()
    queue.start({ epoch: 1, stream: 1, sampleRate: RATE, isMuted: true })
    push([1, 1], ramp(2_000), true)
    start(1, 2)
    const next = ramp(2_000, 3)
    push([1, 2], next, true)
    expect(sounding([...render(8_000)])).toEqual([...toFloat(next)])
    expect(queue.takeReport().positions).toMatchObject([{ samples: 2_000 }, { samples: 2_000 }])
  })

  test('setMuted() takes and gives back a voice in the middle of its stream', () => {
    const { queue, start, push, render } = stage()
    start(1, 1)
    push([1, 1], steady, true)
    render(1_280)
    queue.setMuted({ epoch: 1, stream: 1 }, true)
    render(1_280)
    expect(sounding([...render(128)])).toEqual([])
    queue.setMuted({ epoch: 1, stream: 1 }, false)
    render(1_280)
    expect(render(1)[0]).toBe(0.5)
  })
})
