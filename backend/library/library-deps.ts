import { type CardCodec } from '../cards/contract.ts'
import { type ChangeListener } from '../crud/changes.ts'
import { type MediaLibrary } from '../media/media-library.ts'
import { type Store } from '../store/contract.ts'

/** What importing and exporting work with. */
export interface LibraryDeps {
  readonly store: Pick<Store, 'characters' | 'lorebooks' | 'originals' | 'trash'>
  readonly media: MediaLibrary
  readonly codec: CardCodec
  /** Is told of everything that is made or changed. */
  readonly publish: ChangeListener
}
