// A thread's way to the one table of equal files that all threads of the child share.

import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Digests } from '../../core/hashes.js'
import type { Advice, Advisor, Decoded } from '../advisor.js'
import { Questions } from './questions.js'

type FromThread =
  | { readonly type: 'ask'; readonly id: number; readonly digests: Digests }
  | { readonly type: 'done'; readonly digests: Digests; readonly decoded: Decoded | null }

interface ToThread {
  readonly id: number
  readonly advice: Advice
}

/** What a thread sends its pool when it starts. */
export interface Greeting {
  readonly port: MessagePort
}

export class ThreadAdvisor implements Advisor {
  private readonly questions = new Questions<Advice>()

  private constructor(private readonly port: MessagePort) {
    port.on('message', ({ id, advice }: ToThread) => this.questions.answered(id, advice))
  }

  /** @param greet - hands the other end to whoever has the table */
  static start(greet: (greeting: Greeting, transfer: MessagePort[]) => void): ThreadAdvisor {
    const { port1, port2 } = new MessageChannel()
    greet({ port: port2 }, [port2])
    return new ThreadAdvisor(port1)
  }

  advise(digests: Digests): Promise<Advice> {
    return this.questions.ask((id) => this.send({ type: 'ask', id, digests }))
  }

  done(digests: Digests, decoded: Decoded | null): void {
    this.send({ type: 'done', digests, decoded })
  }

  private send(message: FromThread): void {
    this.port.postMessage(message)
  }
}

/** The other end. */
export function answerThread({ port }: Greeting, advisor: Advisor): void {
  port.on('message', (message: FromThread) => {
    if (message.type === 'done') return advisor.done(message.digests, message.decoded)
    const { id, digests } = message
    void advisor.advise(digests).then((advice) => port.postMessage({ id, advice } satisfies ToThread))
  })
}
