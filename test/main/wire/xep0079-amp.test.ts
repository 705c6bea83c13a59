import { describe, expect, it } from 'vitest';
import { readError } from '../../../main/wire/rfc6120-error.ts';
import { buildAmpRule, hasAmp, readAmpAnswer } from '../../../main/wire/xep0079-amp.ts';
import { element } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';

const RULE = "<rule action='error' condition='match-resource' value='other'/>";

const answerOf = (condition: string, detail = ''): string | undefined =>
  readAmpAnswer(
    readError(
      parseElement(
        `<message xmlns='jabber:client' type='error'><error type='modify'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${detail}</error></message>`,
      ),
    ),
  );

describe('readAmpAnswer (XEP-0079 §6, profile 3.6)', () => {
  it('reads failed-rules that name the rule as: online elsewhere, not delivered', () => {
    const failed = `<failed-rules xmlns='http://jabber.org/protocol/amp#errors'>${RULE}</failed-rules>`;
    expect(answerOf('undefined-condition', failed)).toBe('online-elsewhere');
    expect(
      answerOf('undefined-condition', failed.replace('<rule', "<rule xmlns='http://jabber.org/protocol/amp'")),
    ).toBe('online-elsewhere');
  });

  it('takes failed-rules about another rule for an ordinary bounce', () => {
    const other =
      "<failed-rules xmlns='http://jabber.org/protocol/amp#errors'><rule action='error' condition='deliver' value='stored'/></failed-rules>";
    expect(answerOf('undefined-condition', other)).toBeUndefined();
    expect(answerOf('undefined-condition', `<failed-rules xmlns='urn:example'>${RULE}</failed-rules>`)).toBeUndefined();
  });

  it.each([
    ['bad-request', 'unsupported-conditions'],
    ['bad-request', 'unsupported-actions'],
    ['feature-not-implemented', 'unsupported-conditions'],
    ['feature-not-implemented', 'unsupported-actions'],
    ['not-acceptable', 'invalid-rules'],
  ])('R-227 understands %s with %s', (condition, detail) => {
    expect(answerOf(condition, `<${detail} xmlns='http://jabber.org/protocol/amp'>${RULE}</${detail}>`)).toBe(
      'not-supported',
    );
  });

  it.each(['service-unavailable', 'bad-request'])('R-227 takes a plain %s for a server without AMP', (condition) => {
    expect(answerOf(condition)).toBe('not-supported');
  });

  it.each([
    'item-not-found',
    'recipient-unavailable',
    'remote-server-not-found',
    'feature-not-implemented',
    'not-acceptable',
    'forbidden',
  ])('takes a plain %s for an ordinary bounce', (condition) => {
    expect(answerOf(condition)).toBeUndefined();
  });
});

describe('hasAmp', () => {
  it('is true for a stanza with rules alone', () => {
    expect(hasAmp(element('message', NS.client, {}, buildAmpRule()))).toBe(true);
    expect(hasAmp(element('message', NS.client, {}, element('amp', 'urn:example')))).toBe(false);
  });
});
