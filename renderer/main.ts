import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.svelte';
import { takeToken } from './lib/api.ts';

// Before anything is drawn or asked: the address of this window is not to be copied with its token (S-161).
takeToken(window);

const target = document.getElementById('app');
if (target === null) throw new TypeError('"app" expected in index.html');
mount(App, { target });
