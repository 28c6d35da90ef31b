import '../theme/tokens.css';
import '../shop/shop.css';
import { followColorMode } from '../theme/color-mode.ts';
import { registerIcons } from '../theme/icons.ts';
import './order-app.ts';

followColorMode();
registerIcons();
