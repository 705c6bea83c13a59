import { describe, expect, it } from 'vitest';
import { Drafts } from '../../../main/services/drafts.ts';
import { Announcer, type ServiceEvents } from '../../../main/services/events.ts';
import { Muting } from '../../../main/services/muting.ts';
import type { Json, SettingStore } from '../../../main/stores/settings.ts';
import { parseBareJid, type BareJid } from '../../../main/wire/jid.ts';

const ALICE = parseBareJid('alice@example.org');
const BOB = parseBareJid('bob@example.org');
const MALLORY = parseBareJid('mallory@example.org');

class Settings implements SettingStore {
  readonly rows = new Map<string, Json>();
  get = (name: string) => this.rows.get(name);
  put = (name: string, value: Json) => void this.rows.set(name, JSON.parse(JSON.stringify(value)) as Json);
  remove = (name: string) => void this.rows.delete(name);
}

describe('Drafts (ux.md 3.3)', () => {
  it('keeps one text for each conversation, the newest, until it is empty', () => {
    const settings = new Settings();
    const drafts = new Drafts(settings, () => ALICE);
    drafts.keep(BOB, 'one');
    drafts.keep(MALLORY, 'two');
    drafts.keep(BOB, 'one and a half');
    expect(new Drafts(settings, () => ALICE).all()).toEqual([
      [MALLORY, 'two'],
      [BOB, 'one and a half'],
    ]);
    drafts.keep(BOB, '');
    drafts.keep(MALLORY, '');
    expect(drafts.all()).toEqual([]);
    expect(settings.rows.size).toBe(0);
  });

  it('shows nothing of another account’s, and lets go of it with the first of its own', () => {
    const settings = new Settings();
    let account: BareJid | undefined = ALICE;
    const drafts = new Drafts(settings, () => account);
    drafts.keep(BOB, 'hers');
    account = MALLORY;
    expect(drafts.all()).toEqual([]);
    drafts.keep(BOB, 'another');
    account = ALICE;
    expect(drafts.all()).toEqual([]);
  });
});

describe('Muting (ux.md 3.10)', () => {
  it('remembers who is muted over a restart, and tells that the conversation changed', () => {
    const settings = new Settings();
    const announcer = new Announcer<ServiceEvents>();
    const changed: BareJid[] = [];
    announcer.on('conversationChanged', (address) => changed.push(address));
    const muting = new Muting(settings, () => ALICE, announcer);
    expect(muting.isMuted(BOB)).toBe(false);
    muting.mute(BOB, true);
    expect(muting.isMuted(BOB)).toBe(true);
    expect(new Muting(settings, () => ALICE, announcer).isMuted(BOB)).toBe(true);
    muting.mute(BOB, false);
    expect(muting.isMuted(BOB)).toBe(false);
    expect(changed).toEqual([BOB, BOB]);
  });
});
