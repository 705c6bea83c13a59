import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contact, KnownKey } from '../../../preload/contract.ts';
import ConversationHeader from '../../../renderer/components/ConversationHeader.svelte';
import KeyChanged from '../../../renderer/components/KeyChanged.svelte';
import SafetyCode from '../../../renderer/components/SafetyCode.svelte';
import { conversation } from '../../../renderer/state/conversation.svelte.ts';
import { panel } from '../../../renderer/state/panel.svelte.ts';
import { connectWindow } from '../support/connected-window.ts';
import { arrived } from '../support/fake-messenger.ts';
import { BOB, contactWith, local } from '../support/samples.ts';

const messenger = connectWindow();

beforeEach(async () => {
  messenger.calls.length = 0;
  await conversation.open(BOB);
});
afterEach(() => {
  cleanup();
  conversation.forget();
  panel.close();
});

const know = (more: Partial<Contact>) => messenger.announce('contacts.changed', contactWith(more));

describe('KeyChanged (ux.md 3.5)', () => {
  const changed: KnownKey = {
    fingerprint: 'new',
    safetyCode: '22222',
    trust: 'changed',
    firstSeenAt: local(2026, 11, 22, 10, 2),
  };
  const old: KnownKey = { ...changed, fingerprint: 'old', trust: 'unverified' };

  beforeEach(() => {
    know({ state: 'C8', key: { fingerprint: 'old', trust: 'changed' } });
    messenger.answer('keys.decide', () => contactWith({ state: 'C3' }));
  });

  it('says that a verified code changed, and of any other that it is not the one used so far', async () => {
    messenger.answer('keys.of', () => [{ ...old, trust: 'verified', verifiedAt: local(2026, 1, 1) }, changed]);
    render(KeyChanged, { props: { address: BOB, onlater: () => undefined } });
    expect(await screen.findByText(/Bob’s safety code changed/)).toBeTruthy();
    cleanup();
    messenger.answer('keys.of', () => [old, changed]);
    render(KeyChanged, { props: { address: BOB, onlater: () => undefined } });
    await arrived();
    expect(screen.getByText(/is not the one used so far/)).toBeTruthy();
  });

  it('accepts the new code, the one that was shown, only when that is pressed', async () => {
    messenger.answer('keys.of', () => [old, changed]);
    render(KeyChanged, { props: { address: BOB, onlater: () => undefined } });
    await arrived();
    expect(messenger.paramsOf('keys.decide')).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Use the new code without comparing' }));
    await arrived();
    expect(messenger.paramsOf('keys.decide')).toEqual([{ address: BOB, fingerprint: 'new', decision: 'accepted' }]);
  });

  it('opens the comparison, and can be put off', async () => {
    let isLater = false;
    messenger.answer('keys.of', () => [old, changed]);
    render(KeyChanged, { props: { address: BOB, onlater: () => (isLater = true) } });
    await fireEvent.click(screen.getByRole('button', { name: 'Compare codes' }));
    expect(panel.current).toEqual({ kind: 'compare', address: BOB });
    await fireEvent.click(screen.getByRole('button', { name: 'Not now' }));
    expect(isLater).toBe(true);
    expect(messenger.paramsOf('keys.decide')).toEqual([]);
  });
});

describe('SafetyCode (ux.md 3.5)', () => {
  const key: KnownKey = {
    fingerprint: 'theirs',
    safetyCode: Array.from({ length: 12 }, (_, index) => String(10_000 + index)).join(' '),
    trust: 'unverified',
    firstSeenAt: local(2026, 11, 20),
  };

  it('shows both codes in twelve groups, verifies the one shown, and says so only as it is read back', async () => {
    messenger.answer('keys.of', () => [key]);
    render(SafetyCode, { props: { address: BOB } });
    await arrived();
    for (const group of key.safetyCode.split(' ')) expect(screen.getByText(group)).toBeTruthy();
    expect(screen.getAllByText('11111')).toHaveLength(12);
    expect(screen.getAllByRole('checkbox')).toHaveLength(12);
    messenger.answer('keys.decide', () => contactWith({ key: { fingerprint: 'theirs', trust: 'verified' } }));
    await fireEvent.click(screen.getByRole('button', { name: 'It matches' }));
    await arrived();
    expect(messenger.paramsOf('keys.decide')).toEqual([{ address: BOB, fingerprint: 'theirs', decision: 'verified' }]);
    expect(screen.queryByText(/^Verified/)).toBeNull();
    cleanup();
    messenger.answer('keys.of', () => [{ ...key, trust: 'verified', verifiedAt: local(2026, 11, 22) }]);
    render(SafetyCode, { props: { address: BOB } });
    await arrived();
    expect(screen.getByText(/^Verified/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'It matches' })).toBeNull();
  });
});

describe('names and addresses (security.md S-196)', () => {
  const boast = 'Alice (verified)';
  const key: KnownKey = {
    fingerprint: 'theirs',
    safetyCode: '33333',
    trust: 'unverified',
    firstSeenAt: local(2026, 11, 20),
  };

  it.each([
    ['the header', () => render(ConversationHeader, { props: { address: BOB } })],
    ['the comparison of codes', () => render(SafetyCode, { props: { address: BOB } })],
    [
      'the decision about a changed code',
      () => render(KeyChanged, { props: { address: BOB, onlater: () => undefined } }),
    ],
  ])('S-196 shows the address in %s, whatever name stands next to it', async (_place, show) => {
    messenger.answer('keys.of', () => [key]);
    know({ name: boast, state: 'C8', key: { fingerprint: 'theirs', trust: 'changed' } });
    const { container } = show();
    await arrived();
    expect(container.textContent).toContain(BOB);
    // A name is never where the standing of a key is said.
    for (const standing of container.querySelectorAll('.verified, [role=status]')) {
      expect(standing.textContent).not.toContain(boast);
    }
  });
});
