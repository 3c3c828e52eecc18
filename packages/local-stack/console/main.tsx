import './styles/base.css';
import './styles/frame.css';
import './styles/ui.css';
import { render } from 'preact';
import { Frame } from './frame/frame.tsx';

const root = document.getElementById('app');
if (root) render(<Frame />, root);
