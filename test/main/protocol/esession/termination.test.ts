import { describe, expect, it } from 'vitest';
import { buildTerminationContent, isTermination } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { parseContent } from '../../../../main/wire/xml-parser.ts';
import { serialize } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';

const form = (inner: string, type = 'submit'): string =>
  `<feature xmlns='http://jabber.org/protocol/feature-neg'><x xmlns='jabber:x:data' type='${type}'>${inner}</x></feature>`;
const SSN = "<field var='FORM_TYPE'><value>urn:xmpp:ssn</value></field>";
const terminate = (value: string): string => `<field var='terminate'><value>${value}</value></field>`;

describe('a termination (XEP-0116 §5, profile 3.7)', () => {
  it('R-125 is the form of type submit with terminate, in feature negotiation', () => {
    const xml = buildTerminationContent()
      .map((el) => serialize(el, NS.client))
      .join('');
    expect(xml.replaceAll('"', "'")).toBe(form(SSN + terminate('1')));
    expect(isTermination(buildTerminationContent())).toBe(true);
  });

  it.each(['1', 'true'])('R-203 is recognised with %s', (value) => {
    expect(isTermination(parseContent(form(SSN + terminate(value))))).toBe(true);
    expect(isTermination(parseContent(`<body>x</body>${form(SSN + terminate(value))}  `))).toBe(true);
  });

  it.each([
    ['0', form(SSN + terminate('0'))],
    ['false', form(SSN + terminate('false'))],
    ['nothing', form(SSN + terminate(''))],
    ['two values', form(`${SSN}<field var='terminate'><value>1</value><value>1</value></field>`)],
    ['no FORM_TYPE', form(terminate('1'))],
    ['another FORM_TYPE', form(SSN.replace('ssn', 'other') + terminate('1'))],
    ['no valid form', form(`${SSN}${SSN}${terminate('1')}`)],
    ['no form', "<feature xmlns='http://jabber.org/protocol/feature-neg'/>"],
    ['another wrapper', form(SSN + terminate('1')).replaceAll('feature', 'future')],
    ['the bare form', `<x xmlns='jabber:x:data' type='submit'>${SSN}${terminate('1')}</x>`],
    ['a body that says so', '<body>terminate</body>'],
    ['no content', ''],
  ])('R-203 is not recognised in %s', (_, xml) => {
    expect(isTermination(parseContent(xml))).toBe(false);
  });
});
