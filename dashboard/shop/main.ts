import '../theme/tokens.css';
import './shop.css';
import { followColorMode } from '../theme/color-mode.ts';
import { registerIcons } from '../theme/icons.ts';
import '../../gateway/client/onhand.ts';
import './shop-app.ts';

followColorMode();
registerIcons();
