/** One process per profile (L-070). */

export interface ProfileLock {
  release(): void;
}
