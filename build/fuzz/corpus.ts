/** What a server says to a client, well made: what the mutations start from. */
const ME = 'alice@example.org';
const BOB = 'bob@example.org/a';
const N87 = 'http://www.xmpp.org/extensions/xep-0187.html#ns';

const C = `<c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'><data>aGVsbG8gd29ybGQ=</data><mac>dGhlIG1hYw==</mac></c>`;
const FIELD = `<field var='my_nonce'><value>ffd7076498744578d10edabfe7f4a866</value></field>`;
const INIT =
  `<init xmlns='http://www.xmpp.org/extensions/xep-0116.html#ns-init'><x xmlns='jabber:x:data' type='result'>` +
  `<field var='FORM_TYPE'><value>urn:xmpp:ssn</value></field>${FIELD}</x></init>`;
const DELAY = `<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2026-11-22T07:20:35Z'/>`;
const INNER = `<message xmlns='jabber:client' from='${BOB}' to='${ME}' type='chat'><body>inner &amp; text</body>${C}</message>`;
const FORWARDED = `<forwarded xmlns='urn:xmpp:forward:0'>${DELAY}${INNER}</forwarded>`;

/** Each of them is one element at the top level of the stream. */
export const CORPUS: readonly string[] = [
  `<message from='${BOB}' to='${ME}' type='chat' id='m1'><body>Hello, é漢𝄞 &lt;you&gt;</body><thread>t1</thread></message>`,
  `<message from='${BOB}' to='${ME}' type='chat' id='m2'><thread>t2</thread>${INIT}${C}<body>[encrypted]</body>${DELAY}</message>`,
  `<message from='${BOB}' to='${ME}/pda' id='m3'><thread>t2</thread>${C}<store xmlns='urn:xmpp:hints'/>${DELAY}</message>`,
  `<message from='${BOB}' to='${ME}' type='error' id='m4'>${C}<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>full</text></error></message>`,
  `<message from='${ME}' to='${ME}/pda'><received xmlns='urn:xmpp:carbons:2'>${FORWARDED}</received></message>`,
  `<message from='${ME}' to='${ME}/pda'><sent xmlns='urn:xmpp:carbons:2'>${FORWARDED}</sent></message>`,
  `<message from='${ME}' to='${ME}/pda'><result xmlns='urn:xmpp:mam:2' queryid='q' id='a1'>${FORWARDED}</result></message>`,
  `<message from='${BOB}' to='${ME}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${N87}'><item id='current'><x xmlns='jabber:x:data' type='form'>${FIELD}</x></item></items></event></message>`,
  `<message from='${BOB}' to='${ME}' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/><received xmlns='urn:xmpp:receipts' id='m1'/></message>`,
  `<message from='mallory@example.com/x' to='${ME}' type='groupchat'><subject>s</subject><body xml:lang='de'>a</body><body>b</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p>x</p></body></html></message>`,
  `<message from='example.org' to='${ME}'><x xmlns='jabber:x:delay' stamp='20261122T07:20:35'/><body/></message>`,
  `<presence from='${BOB}' to='${ME}'><show>away</show><status>out</status><priority>5</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>`,
  `<presence from='${BOB}' to='${ME}' type='unavailable'/>`,
  `<presence from='mallory@example.com' to='${ME}' type='subscribe'><status>let me in</status></presence>`,
  `<iq type='get' id='q1' from='${BOB}' to='${ME}/pda'><query xmlns='http://jabber.org/protocol/disco#info' node='http://jabber.org/protocol/shim'/></iq>`,
  `<iq type='get' id='q2' from='example.org'><ping xmlns='urn:xmpp:ping'/></iq>`,
  `<iq type='set' id='q3'><query xmlns='jabber:iq:roster' ver='v'><item jid='${ME}' name='n' subscription='both'><group>g</group></item></query></iq>`,
  `<iq type='result' id='r1' from='example.org'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='pubsub' type='pep'/><feature var='urn:xmpp:ping'/></query></iq>`,
  `<iq type='error' id='r2' from='${BOB}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
];

/** What stands between stanzas, said as it is: a wrong count alone would end the stream. */
export const BETWEEN: readonly string[] = [
  `<r xmlns='urn:xmpp:sm:3'/>`,
  `<a xmlns='urn:xmpp:sm:3' h='0'/>`,
  `<stream:features><x xmlns='urn:x'/></stream:features>`,
  ' ',
  '\r\n\t',
];
