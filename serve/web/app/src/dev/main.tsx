import '../render/tokens.css';
import '../render/base.css';
import '../render/fonts';
import './dev.css';
import { createRoot } from 'react-dom/client';
import { Dev } from './Dev';

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Dev />);
