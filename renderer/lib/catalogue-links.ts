/** The words around addresses that lead somewhere: of the web in what people write, and `xmpp:` links from outside. */
import { inLanguage } from './language.ts';

export const linkWords = inLanguage({
  web: {
    heading: 'Open this address?',
    host: 'It leads to',
    cost: 'Your browser opens it. The server there sees that somebody came, and when.',
    open: (text: string) => `Link to ${text}`,
    openIt: 'Open',
  },
  xmpp: {
    message: 'Write to this address?',
    contact: 'Add this address?',
    text: 'The link has this text:',
    messageNote: 'A link from outside asks for it. The text is put where you write; nothing is sent by itself.',
    contactNote: 'A link from outside asks for it. You can look at it once more before anybody is asked.',
    agree: 'Continue',
  },
});
